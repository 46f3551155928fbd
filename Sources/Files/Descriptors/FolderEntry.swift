import Glibc
import Kernel

/// A name in a folder, and what it stands for.
struct FolderEntry {
    /// Nil where the name is no UTF-8.
    let name: String?
    let kind: Kind

    enum Kind { case file, folder, other }
}

/// What the system says of a file or folder.
struct FileStatus {
    let isFile: Bool
    let isFolder: Bool
    let bytes: Int64
    let modified: Instant
    /// Another one for every other content: file number, size and the nanosecond of the last change.
    let etag: String

    fileprivate init(_ status: stat) {
        isFile = status.st_mode & S_IFMT == S_IFREG
        isFolder = status.st_mode & S_IFMT == S_IFDIR
        bytes = Int64(status.st_size)
        let (seconds, nanoseconds) = (Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec))
        modified = Instant(milliseconds: seconds * 1_000 + nanoseconds / 1_000_000)
        let parts = [UInt64(status.st_ino), UInt64(bitPattern: bytes), UInt64(bitPattern: seconds)]
        etag = (parts + [UInt64(bitPattern: nanoseconds)]).map { String($0, radix: 16) }.joined(separator: "-")
    }
}

extension Descriptor {
    /// What this descriptor is open on.
    func status() throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstat(number, &status) == 0 else { throw SystemError("status") }
        return FileStatus(status)
    }

    /// What a name in this folder stands for; a link is itself, not what it points to.
    func status(_ name: String) throws(SystemError) -> FileStatus {
        var status = stat()
        guard fstatat(number, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { throw SystemError("status") }
        return FileStatus(status)
    }

    /// The names in this folder, in no order.
    func entries() throws -> [FolderEntry] {
        // A descriptor of its own, since reading a folder moves its offset.
        let copy = openat(number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard copy >= 0, let stream = fdopendir(copy) else { throw SystemError("reading of a folder") }
        defer { closedir(stream) }
        var entries: [FolderEntry] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    (strcmp($0, ".") == 0 || strcmp($0, "..") == 0) ? "." : String(validatingCString: $0)
                }
            }
            if name != "." { entries.append(FolderEntry(name: name, kind: kind(entry.pointee.d_type, name))) }
            guard entries.count <= Limits.bucketFolderEntries else {
                throw Fault(
                    .quotaExceeded, "A folder holds more than \(Limits.bucketFolderEntries) entries; divide it.")
            }
            errno = 0
        }
        guard errno == 0 else { throw SystemError("reading of a folder") }
        return entries
    }

    /// Some file systems do not say in the folder what a name stands for.
    private func kind(_ type: UInt8, _ name: String?) -> FolderEntry.Kind {
        switch Int(type) {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .folder
        case Int(DT_UNKNOWN):
            guard let name, let status = try? status(name) else { return .other }
            return status.isFile ? .file : status.isFolder ? .folder : .other
        default: return .other
        }
    }
}
