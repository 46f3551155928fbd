import Glibc
import Kernel

/// What one volume is on disk: `disk.xfs`, its image; `files`, where that is mounted; `capacity` of a plain folder.
struct VolumeFolder {
    let path: String

    var files: String { path + "/files" }
    var capacityFile: String { path + "/capacity" }

    func image(_ format: VolumeFormat) -> String { path + "/disk." + format.rawValue }

    /// What is there; nil where the volume is not, or was not finished.
    var format: VolumeFormat? {
        for format in [VolumeFormat.xfs, .ext4] where access(image(format), F_OK) == 0 { return format }
        return access(capacityFile, F_OK) == 0 ? .folder : nil
    }

    /// Whether a file system is mounted on `files`.
    var isMounted: Bool {
        var (inner, outer) = (stat(), stat())
        return stat(files, &inner) == 0 && stat(path, &outer) == 0 && inner.st_dev != outer.st_dev
    }

    /// Bytes of disk that an image takes.
    func allocatedBytes(_ format: VolumeFormat) -> Int64 {
        var status = stat()
        return stat(image(format), &status) == 0 ? Int64(status.st_blocks) * 512 : 0
    }

    /// Bytes of disk that volumes leave to the database and to everything else.
    static let spareBytes: Int64 = 1 << 30

    /// Bytes that are free on the disk of a file or a folder.
    static func freeBytes(beside path: String) -> Int64 {
        var disk = statvfs()
        return statvfs(path, &disk) == 0 ? Int64(disk.f_bavail) * Int64(disk.f_frsize) : 0
    }

    /// Sets space aside for an image, so that nobody else's data can take it; it never becomes smaller.
    ///
    /// - Throws: `storageFull` where the disk has not got it; the image is as large as it was then.
    static func reserve(_ image: String, bytes: Int64) throws {
        let descriptor = open(image, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw fault("The image of the volume cannot be opened") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw fault("The image of the volume cannot be read") }
        let before = status.st_size
        // Asked for more than there is, the kernel would fill the disk before it says so.
        guard bytes - Int64(status.st_blocks) * 512 <= freeBytes(beside: image) - spareBytes else {
            errno = ENOSPC
            throw fault("The disk has no room for a volume of \(bytes >> 30) GB")
        }
        do throws(HostCommand.Failure) {
            try HostCommand.run(["fallocate", "-l", "\(bytes)", image])
        } catch {
            // A file system that cannot set aside lets an image take its space when it is written.
            let isUnknown = error.said.contains("not supported")
            guard ftruncate(descriptor, isUnknown ? max(before, Int(bytes)) : before) == 0, isUnknown else {
                throw Fault(.storageFull, "The disk has no room for a volume of \(bytes >> 30) GB: \(error.said).")
            }
        }
        guard fsync(descriptor) == 0 else { throw fault("The image of the volume cannot be kept") }
    }

    static func fault(_ problem: String) -> Fault {
        let reason = String(cString: strerror(errno))
        return Fault(errno == ENOSPC ? .storageFull : .unavailable, "\(problem): \(reason).")
    }
}
