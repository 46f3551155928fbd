import Glibc
import Kernel
import Platform
import Synchronization
import Testing

@testable import Executors

/// Volumes on the real disk, as images and as plain folders; nothing of them is left mounted.
@Suite struct VolumeDisksTests {
    static let images: [VolumeFormat] = [.xfs, .ext4]
    static let id = VolumeID("11111111-aaaa")

    @Test func thisMachineEnforcesCapacity() {
        #expect(VolumeFormat.best() == (geteuid() == 0 ? .xfs : .folder))
    }

    @Test(arguments: images) func aFullVolumeSaysSoAndNothingElseBreaks(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        for id in [Self.id, VolumeID("2")] { try await bench.disks.create(id, gibibytes: 1) }
        let path = try await bench.disks.mount(Self.id)
        let other = try await bench.disks.mount(VolumeID("2"))
        #expect(bench.put("kept", at: path + "/kept") == 0)
        #expect(try await bench.disks.usage(Self.id) < 100 << 20)
        #expect(bench.fill(path + "/full") == ENOSPC)
        #expect(try await bench.disks.usage(Self.id) > 900 << 20)
        #expect(bench.put(String(repeating: "x", count: 1 << 20), at: path + "/more") == ENOSPC)
        #expect(SmallFile.text(path + "/kept") == "kept")
        #expect(bench.put(String(repeating: "x", count: 1 << 20), at: other + "/more") == 0)
    }

    /// ext4 grows in use only where the kernel allows it to this process; XFS does everywhere.
    @Test func aVolumeGrowsWhileAFileIsOpen() async throws {
        let bench = try VolumeDisksBench(.xfs)
        try await bench.disks.create(Self.id, gibibytes: 1)
        let path = try await bench.disks.mount(Self.id)
        let open = Glibc.open(path + "/open", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        #expect(bench.fill(path + "/full") == ENOSPC)
        defer { close(open) }
        for _ in 0..<2 { try await bench.disks.grow(Self.id, to: 2) }
        #expect(bench.write(300 << 20, to: open) == 0)
        try await bench.disks.grow(Self.id, to: 1)
        #expect(bench.fill(path + "/full again") == ENOSPC)
        #expect(try await bench.disks.usage(Self.id) > 1_900 << 20)
    }

    @Test(arguments: images) func aDetachedVolumeGrowsToo(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        try await bench.disks.create(Self.id, gibibytes: 1)
        #expect(bench.put("kept", at: try await bench.disks.mount(Self.id) + "/kept") == 0)
        try await bench.disks.unmount(Self.id)
        for _ in 0..<2 { try await bench.disks.grow(Self.id, to: 2) }
        #expect(!bench.isMounted(Self.id))
        #expect(bench.fill(try await bench.disks.mount(Self.id) + "/full") == ENOSPC)
        #expect(try await bench.disks.usage(Self.id) > 1_900 << 20)
    }

    @Test(arguments: VolumeFormat.allCases) func everyActMayBeRepeated(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        // A crash in the middle of making it left this.
        mkdir(bench.folder + "/volumes/" + Self.id.text, 0o700)
        _ = bench.put("half", at: bench.folder + "/volumes/\(Self.id)/disk.\(format.rawValue).new")
        try await bench.disks.create(Self.id, gibibytes: 1)
        let path = try await bench.disks.mount(Self.id)
        #expect(bench.put("kept", at: path + "/kept") == 0)
        try await bench.disks.create(Self.id, gibibytes: 1)
        #expect(try await bench.disks.mount(Self.id) == path)
        #expect(SmallFile.text(path + "/kept") == "kept")
        for _ in 0..<2 { try await bench.disks.unmount(Self.id) }
        for _ in 0..<2 { try await bench.disks.remove(Self.id) }
        #expect(SmallFile.names(in: bench.folder + "/volumes") == [])
        await #expect(throws: Fault.self) { _ = try await bench.disks.mount(Self.id) }
        await #expect(throws: Fault.self) { try await bench.disks.grow(Self.id, to: 2) }
    }

    /// A server that was killed left its mounts; a machine that was restarted has none. Either way one device has the
    /// image, and the data are there.
    @Test(arguments: images) func dataSurviveTheServerAndTheMachine(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        try await bench.disks.create(Self.id, gibibytes: 1)
        let path = try await bench.disks.mount(Self.id)
        #expect(bench.put("kept", at: path + "/kept") == 0)
        let second = try bench.reopened()
        #expect(try await second.mount(Self.id) == path)
        #expect(SmallFile.text(path + "/kept") == "kept")
        #expect(bench.devices(Self.id) == 1)
        // What the machine's end does to mounts.
        #expect(umount2(path, Int32(MNT_DETACH)) == 0)
        let third = try bench.reopened()
        #expect(SmallFile.text(path + "/kept") == nil)
        _ = try await third.mount(Self.id)
        #expect(SmallFile.text(path + "/kept") == "kept")
        #expect(bench.devices(Self.id) == 1)
    }

    @Test(arguments: images) func whatIsInUseStaysMounted(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        for id in [Self.id, VolumeID("2")] {
            try await bench.disks.create(id, gibibytes: 1)
            _ = try await bench.disks.mount(id)
        }
        let file = open(bench.disks.path(VolumeID("2")) + "/open", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        let busy = await #expect(throws: Fault.self) { try await bench.disks.unmount(VolumeID("2")) }
        #expect(busy?.code == .conflict)
        await #expect(throws: Fault.self) { try await bench.disks.remove(VolumeID("2")) }
        close(file)
        await bench.disks.close()
        #expect(bench.isMounted(Self.id) && bench.isMounted(VolumeID("2")))
        let later = try bench.reopened()
        _ = try await later.mount(VolumeID("2"))
        await later.close()
        #expect(!bench.isMounted(Self.id) && bench.isMounted(VolumeID("2")))
        try await later.remove(VolumeID("2"))
        #expect(bench.devices(VolumeID("2")) == 0)
    }

    @Test(arguments: VolumeFormat.allCases) func deletingGivesTheSpaceBack(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        try await bench.disks.create(Self.id, gibibytes: 1)
        let path = try await bench.disks.mount(Self.id)
        #expect(bench.put(String(repeating: "x", count: 64 << 20), at: path + "/data") == 0)
        #expect(bench.takenBytes() >= (format == .folder ? 64 << 20 : 1_000 << 20))
        #expect(try await bench.disks.capacity() > 0)
        try await bench.disks.remove(Self.id)
        #expect(bench.takenBytes() < 1 << 20 && bench.devices(Self.id) == 0)
    }

    @Test(arguments: images) func whatTheDiskHasNotLeavesNothingBehind(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        let refused = await #expect(throws: Fault.self) {
            try await bench.disks.create(Self.id, gibibytes: 10_000)
        }
        #expect(refused?.code == .storageFull && refused?.message.contains("no room") == true)
        #expect(SmallFile.names(in: bench.folder + "/volumes") == [])
        #expect(bench.takenBytes() < 1 << 20)
    }

    /// In the sandbox the files belong to its user, and a full disk is one command's failure.
    @Test(arguments: images) func aSandboxHasItsVolume(format: VolumeFormat) async throws {
        let bench = try VolumeDisksBench(format)
        let executor = try Bench(.counting)
        try await bench.disks.create(Self.id, gibibytes: 1)
        let path = try await bench.disks.mount(Self.id)
        let work = "/home/ma-user/work"
        let (end, log) = try await executor.run(
            Bench.spec(
                "volume-\(format.rawValue)",
                "stat -c %u \(work); cd \(work); echo kept > kept; fallocate -l 2G full; head -c 2G /dev/zero > full;"
                    + "rm full; echo again > again && cat kept again; ls -A",
                mounts: [AttemptSpec.Mount(hostPath: path, sandboxPath: work, isWritable: true)]))
        #expect(end.exitCode == 0)
        #expect(log.hasPrefix("1000\n"), "\(log)")
        #expect(log.components(of: "No space left on device") == 2, "\(log)")
        #expect(log.hasSuffix("kept\nagain\nagain\nkept\n"), "\(log)")
        #expect(SmallFile.text(path + "/kept") == "kept\n")
    }

    @Test func aPlainFolderIsCheckedAndSaysSo() async throws {
        let notes = NotedJournal()
        let bench = try VolumeDisksBench(.folder, journal: notes)
        #expect("\(bench.disks.summary)".contains("not enforced"))
        try await bench.disks.create(Self.id, gibibytes: 0)
        let path = try await bench.disks.mount(Self.id)
        try await bench.disks.checkFolders()
        #expect(notes.all.isEmpty)
        #expect(bench.put("more than nothing", at: path + "/data") == 0)
        try await bench.disks.checkFolders()
        #expect(notes.all.count == 1)
        try await bench.disks.grow(Self.id, to: 1)
        try await bench.disks.checkFolders()
        #expect(notes.all.count == 1)
        #expect(try await bench.disks.usage(Self.id) > 0)
    }
}

extension String {
    fileprivate func components(of part: String) -> Int {
        split(separator: "\n").count { $0.hasSuffix(part) }
    }
}

/// Keeps what is told to the operator.
final class NotedJournal: Journal {
    private let notes = Mutex<[String]>([])

    var all: [String] { notes.withLock { $0 } }

    func note(_ level: FaultCode.Level, _ message: StaticString, _ details: [String: String]) {
        notes.withLock { $0.append("\(message)") }
    }
}
