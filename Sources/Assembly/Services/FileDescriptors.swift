import Glibc
import Kernel

/// How many files and connections this process may have open.
enum FileDescriptors {
    /// What the server needs for itself: its books, runs and volumes, and looks at what runs.
    private static let reserve = 256
    /// More than this is of no use, and slows programs that go through all of them.
    private static let greatest = 65_536

    /// Raises the limit as far as this process may; systems start with 1,024.
    static func raiseLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        let wanted = min(limit.rlim_max, rlim_t(greatest))
        if limit.rlim_cur < wanted {
            limit.rlim_cur = wanted
            guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        }
        return Int(min(limit.rlim_cur, rlim_t(greatest)))
    }

    /// The clients that a limit has room for: each may need a connection to what answers it.
    static func connections(ofLimit limit: Int) -> Int {
        min(Limits.connections, max(16, (limit - reserve) / 2))
    }
}
