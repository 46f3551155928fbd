import Glibc
public import Kernel
import Synchronization

/// A file that several workers write parts of; the parts stand in it in their order, whenever they come.
///
/// It takes its name only when it is finished: until then, and where anything fails, nothing is there.
public final class OrderedOutput: Sendable {
    private let path: String
    private let temporary: String
    private let descriptor: Descriptor
    private let state = Mutex(Parts())

    private struct Parts: Sendable {
        var next = 0
        var early: [Int: [UInt8]] = [:]
        var fault: Fault?
    }

    /// Makes a file beside the one it will become.
    public init(path: String, header: [UInt8]) throws(Fault) {
        self.path = path
        temporary = path + ".new"
        unlink(temporary)
        do {
            descriptor = try Descriptor.made(path: temporary)
        } catch {
            throw Fault(.invalidParameter, "cannot be written. \(error.fault.message)", field: path)
        }
        try write(header)
    }

    /// Whether so many parts came before their turn that workers should wait.
    public var isFull: Bool { state.withLock { $0.early.count > Limits.usageEarlyParts } }

    /// Writes a part when its turn has come; each place from 0 is given once.
    public func put(_ part: [UInt8], at place: Int) throws(Fault) {
        let fault: Fault? = state.withLock { parts in
            parts.early[place] = part
            while parts.fault == nil, let next = parts.early.removeValue(forKey: parts.next) {
                do throws(Fault) { try write(next) } catch { parts.fault = error }
                parts.next += 1
            }
            return parts.fault
        }
        if let fault { throw fault }
    }

    /// Gives the file its name.
    public func finish() throws(Fault) {
        guard fsync(descriptor.number) == 0, rename(temporary, path) == 0 else { throw failure() }
    }

    /// Takes away what was written.
    public func discard() { unlink(temporary) }

    private func write(_ bytes: [UInt8]) throws(Fault) {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure() }
            written += count
        }
    }

    private func failure() -> Fault {
        Fault(.storageFull, "cannot be written: \(String(cString: strerror(errno)))", field: path)
    }
}
