import Glibc
import Kernel
import Platform

@testable import Executors

/// A folder of volumes that leaves no mount behind.
final class VolumeDisksBench: Sendable {
    let folder: String
    let disks: LocalVolumeDisks
    private let format: VolumeFormat

    init(_ format: VolumeFormat, journal: any Journal = NotedJournal()) throws {
        var template = Array("/tmp/atelier-volumes-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Fault(.unavailable, "no temporary folder") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.format = format
        disks = try LocalVolumeDisks(path: folder + "/volumes", format: format, journal: journal)
    }

    deinit {
        for name in SmallFile.names(in: folder + "/volumes") ?? [] {
            umount2(folder + "/volumes/\(name)/files", Int32(MNT_DETACH))
        }
        _ = FolderRemoval.remove(folder)
    }

    /// What a server that starts finds.
    func reopened() throws -> LocalVolumeDisks {
        try LocalVolumeDisks(path: folder + "/volumes", format: format, journal: NotedJournal())
    }

    func isMounted(_ volume: VolumeID) -> Bool { VolumeFolder(path: folder + "/volumes/\(volume)").isMounted }

    /// How many loop devices have a volume's image.
    func devices(_ volume: VolumeID) -> Int {
        let image = VolumeFolder(path: folder + "/volumes/\(volume)").image(format)
        let said = (try? HostCommand.run(["losetup", "-n", "-O", "BACK-FILE"])) ?? ""
        return said.split(separator: "\n").count { $0.contains(image) }
    }

    /// Bytes of disk that images and plain folders take.
    func takenBytes() -> Int64 {
        (SmallFile.names(in: folder + "/volumes") ?? []).reduce(0) { sum, name in
            let volume = VolumeFolder(path: folder + "/volumes/" + name)
            return sum + (format == .folder ? volume.fileBytes() : volume.allocatedBytes(format))
        }
    }

    /// Writes a file to the disk; 0, or why it could not.
    func put(_ text: String, at path: String) -> Int32 {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return errno }
        defer { close(file) }
        return write(Array(text.utf8), to: file)
    }

    func write(_ count: Int, to file: Int32) -> Int32 {
        let piece = [UInt8](repeating: 7, count: 1 << 20)
        for _ in 0..<(count >> 20) {
            let failure = write(piece, to: file)
            if failure != 0 { return failure }
        }
        return 0
    }

    /// Takes all that is left in pieces; why it stopped.
    func fill(_ path: String) -> Int32 {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        var size = 0
        for step in [64 << 20, 1 << 20, 4 << 10] {
            while true {
                let failure = posix_fallocate(file, size, step)
                if failure == ENOSPC { break }
                if failure != 0 { return failure }
                size += step
            }
        }
        return write([1], to: file, at: size)
    }

    private func write(_ bytes: [UInt8], to file: Int32, at offset: Int = -1) -> Int32 {
        if offset >= 0 { lseek(file, offset, SEEK_SET) }
        guard Glibc.write(file, bytes, bytes.count) == bytes.count, fsync(file) == 0 else {
            return errno == 0 ? ENOSPC : errno
        }
        return 0
    }
}
