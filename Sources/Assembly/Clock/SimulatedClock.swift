import Glibc
import Kernel
import Platform
import Synchronization

/// A clock that stands still until it is moved; it survives the server in a file that shims read as well.
///
/// The file holds milliseconds since 1970 as 8 bytes, little-endian; it is replaced in one step.
final class SimulatedClock: MovableClock {
    /// Where the time is kept.
    let path: String
    private let time: Mutex<Int64>

    /// Takes up the time in the file, or starts at the host's.
    init(path: String, host: any WallClock) throws {
        self.path = path
        let kept = Self.read(path)
        let start = kept ?? host.now().milliseconds
        time = Mutex(start)
        if kept == nil { try Self.write(start, to: path) }
    }

    func now() -> Instant { Instant(milliseconds: time.withLock { $0 }) }

    func move(to instant: Instant) throws(Fault) {
        let path = self.path
        let fault: Fault? = time.withLock { current in
            guard instant.milliseconds >= current else {
                return Fault(
                    .invalidParameter,
                    "The clock stands at \(Instant(milliseconds: current).second); "
                        + "it cannot go back to \(instant.second).",
                    field: "now")
            }
            do throws(Fault) { try Self.write(instant.milliseconds, to: path) } catch { return error }
            current = instant.milliseconds
            return nil
        }
        if let fault { throw fault }
    }

    private static func read(_ path: String) -> Int64? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var value: Int64 = 0
        let count = withUnsafeMutableBytes(of: &value) { Glibc.read(descriptor, $0.baseAddress, 8) }
        return count == 8 ? Int64(littleEndian: value) : nil
    }

    private static func write(_ milliseconds: Int64, to path: String) throws(Fault) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Fault(.storageFull, "The clock file \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
        var value = milliseconds.littleEndian
        let count = withUnsafeBytes(of: &value) { Glibc.write(descriptor, $0.baseAddress, 8) }
        let isKept = count == 8 && fsync(descriptor) == 0
        close(descriptor)
        guard isKept, rename(temporary, path) == 0 else {
            throw Fault(.storageFull, "The clock file \(path) cannot be written: \(String(cString: strerror(errno))).")
        }
    }
}
