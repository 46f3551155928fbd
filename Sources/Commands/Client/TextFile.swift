public import Glibc
public import Kernel

/// Small text files on this machine, read and written whole.
public enum TextFile {
    /// Reads a file of at most so many bytes.
    public static func read(_ path: String, limit: Int = Limits.priceBookFileBytes) throws(Fault) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= limit {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else { throw unreadable(path) }
            bytes += chunk[..<count]
        }
        throw Fault(.bodyTooLarge, "\(path) is longer than \(limit) bytes.")
    }

    /// Writes a file in one step: it is there whole and durable, or not at all.
    public static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws(Fault) {
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw unwritable(path) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else { break }
            written += count
        }
        let isKept = written == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isKept, rename(temporary, path) == 0 else { throw unwritable(path) }
    }

    private static func unreadable(_ path: String) -> Fault {
        Fault(.notFound, "\(path) cannot be read: \(String(cString: strerror(errno))).")
    }

    private static func unwritable(_ path: String) -> Fault {
        Fault(.storageFull, "\(path) cannot be written: \(String(cString: strerror(errno))).")
    }
}
