import Glibc
import Kernel

/// The acts on one volume; each may be repeated.
extension VolumeFolder {
    /// Makes an empty volume; it is there when its image has its name.
    func make(_ format: VolumeFormat, gibibytes: Int64) throws {
        guard mkdir(files, 0o700) == 0 || errno == EEXIST else { throw Self.fault("The folder cannot be made") }
        if format == .folder { return try setFolderCapacity(gibibytes) }
        let new = image(format) + ".new"
        unlink(new)
        try Self.reserve(new, bytes: gibibytes << 30)
        try format.make(in: new)
        // Making a file system may give back what it filled with zeros.
        try Self.reserve(new, bytes: gibibytes << 30)
        guard rename(new, image(format)) == 0, SmallFile.sync(folder: path) else {
            throw Self.fault("The image cannot be kept")
        }
    }

    /// Gives a volume more room; it need not be unmounted.
    func grow(to gibibytes: Int64) throws {
        guard let format else { throw missing }
        if format == .folder { return try setFolderCapacity(gibibytes) }
        try Self.reserve(image(format), bytes: gibibytes << 30)
        if isMounted { return try extendMounted(format) }
        if format == .ext4 { return try format.extend(unmounted: image(format)) }
        try mount()
        defer { try? unmount() }
        try extendMounted(format)
    }

    private func extendMounted(_ format: VolumeFormat) throws {
        guard let device = try device(format) else { throw Fault(.unavailable, "The volume has lost its device.") }
        try HostCommand.run(["losetup", "-c", device])
        do throws(HostCommand.Failure) {
            try format.extend(device: device, mountedAt: files)
        } catch {
            guard format == .ext4 else { throw error }
            throw Fault(
                .unavailable,
                "This machine's kernel does not let an ext4 volume grow while it is used (\(error.said)); detach it "
                    + "first.")
        }
    }

    /// Makes the files reachable; a device that has the image already is taken, never a second one.
    func mount() throws {
        guard let format else { throw missing }
        guard mkdir(files, 0o700) == 0 || errno == EEXIST else { throw Self.fault("The folder cannot be made") }
        guard format != .folder, !isMounted else { return }
        let options = ["-t", format.rawValue, "-o"]
        if let device = try device(format) {
            try HostCommand.run(["mount"] + options + ["nodev,nosuid", device, files])
        } else {
            try HostCommand.run(["mount"] + options + ["loop,nodev,nosuid", image(format), files])
        }
        rmdir(files + "/lost+found")
        guard chmod(files, 0o700) == 0 else { throw Self.fault("The volume's folder cannot be closed to others") }
    }

    /// Nobody needs the files; the loop device goes with the mount.
    func unmount() throws {
        guard isMounted else { return }
        // A program that is just being started holds every file of this process for a moment.
        for _ in 0..<100 {
            if umount2(files, 0) == 0 { return }
            guard errno == EBUSY else { throw Self.fault("The volume cannot be unmounted") }
            usleep(10_000)
        }
        throw Fault(.conflict, "The volume is still used by a process; stop that first.")
    }

    /// Bytes that the files take: as its file system says where it is mounted.
    func usedBytes() throws -> Int64 {
        guard let format else { throw missing }
        if format == .folder { return fileBytes() }
        var system = statvfs()
        guard isMounted, statvfs(files, &system) == 0 else { return allocatedBytes(format) }
        return Int64(system.f_blocks - system.f_bfree) * Int64(system.f_frsize)
    }

    /// The loop device that has the image; nil where none has.
    private func device(_ format: VolumeFormat) throws(HostCommand.Failure) -> String? {
        let said = try HostCommand.run(["losetup", "-n", "-O", "NAME", "-j", image(format)])
        return said.split(separator: "\n").first.map { String($0.filter { $0 != " " }) }
    }

    /// GiB of a plain folder; nil for an image.
    var folderCapacity: Int64? { SmallFile.text(capacityFile).flatMap { Int64($0.filter { $0 != "\n" }) } }

    private func setFolderCapacity(_ gibibytes: Int64) throws(Fault) {
        guard SmallFile.replace(capacityFile, with: Array("\(gibibytes)\n".utf8)) else {
            throw Self.fault("The volume's capacity cannot be kept")
        }
    }

    /// Bytes on disk of everything below a plain folder; links are not followed.
    func fileBytes() -> Int64 {
        var bytes: Int64 = 0
        var folders = [files]
        while let folder = folders.popLast() {
            for name in SmallFile.names(in: folder) ?? [] {
                var status = stat()
                guard lstat(folder + "/" + name, &status) == 0 else { continue }
                bytes += Int64(status.st_blocks) * 512
                if status.st_mode & S_IFMT == S_IFDIR { folders.append(folder + "/" + name) }
            }
        }
        return bytes
    }

    private var missing: Fault { Fault(.notFound, "The volume's files are not on this machine's disk.") }
}
