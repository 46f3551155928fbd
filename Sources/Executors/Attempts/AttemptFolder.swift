import Glibc

/// One attempt's folder, and what lies where in it.
///
/// Whoever holds the lock is the attempt's shim, or is about to start it: the lock goes with the open file from the
/// server to the shim, so there is no moment at which nobody holds it.
struct AttemptFolder: Sendable {
    let path: String

    var spec: String { path + "/spec.json" }
    var records: String { path + "/records" }
    /// Says, by being there, that the end is asked for.
    var stop: String { path + "/stop" }
    /// Where the lease ends, milliseconds since 1970 as text.
    var lease: String { path + "/lease" }
    /// A pipe with a name: a byte in it makes the shim look.
    var control: String { path + "/control" }
    /// The shim's process id as text.
    var processID: String { path + "/pid" }
    /// What the sandbox sees as `/etc/passwd` and its like.
    var etc: String { path + "/etc" }
    /// Arguments of the sandbox: not for everybody's eyes, as they hold the user's environment.
    var arguments: String { path + "/arguments" }
    private var lock: String { path + "/lock" }

    var exists: Bool { access(path, F_OK) == 0 }

    /// Takes the lock; nil where somebody has it. Closing the descriptor, in every process that has it, gives it back.
    func takeLock() -> Int32? {
        let descriptor = open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return nil }
        var request = Self.wholeFile()
        guard fcntl(descriptor, Self.setLock, &request) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Whether somebody has the lock; asked without taking it.
    var isLocked: Bool {
        let descriptor = open(lock, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var request = Self.wholeFile()
        return fcntl(descriptor, Self.getLock, &request) == 0 && request.l_type != Int16(F_UNLCK)
    }

    private static func wholeFile() -> flock {
        flock(l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: 0, l_len: 0, l_pid: 0)
    }

    /// `F_OFD_GETLK` and `F_OFD_SETLK`: locks of an open file, which a child inherits (fcntl(2)).
    private static let getLock: Int32 = 36
    private static let setLock: Int32 = 37
}
