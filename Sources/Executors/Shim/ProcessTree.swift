import Glibc

/// The processes below one process; for a sandbox's first process that is all of it, as orphans become its children.
struct ProcessTree {
    /// The first process; it is not counted among those below it.
    let root: pid_t

    /// Everything below the root now.
    func descendants() -> [pid_t] {
        let parents = Self.parents()
        var found: Set<pid_t> = [root]
        var grew = true
        while grew {
            grew = false
            for (child, parent) in parents where found.contains(parent) && found.insert(child).inserted { grew = true }
        }
        found.remove(root)
        return Array(found)
    }

    /// Asks every process below the root to end.
    func terminate() {
        for process in descendants() { Glibc.kill(process, SIGTERM) }
    }

    /// Ends the root, and with it, as it is the first of its process namespace, everything in it.
    func kill() { Glibc.kill(root, SIGKILL) }

    /// Bytes of memory that are theirs alone.
    func memoryBytes() -> Int64 {
        descendants().reduce(0) { $0 + Self.memory(of: $1) }
    }

    private static func memory(of process: pid_t) -> Int64 {
        // statm: size, resident, shared, … in pages (proc(5)).
        let fields = SmallFile.text("/proc/\(process)/statm")?.split(separator: " ") ?? []
        guard fields.count > 2, let resident = Int64(fields[1]), let shared = Int64(fields[2]) else { return 0 }
        return max(0, resident - shared) * Int64(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func parents() -> [pid_t: pid_t] {
        var parents: [pid_t: pid_t] = [:]
        for name in SmallFile.names(in: "/proc") ?? [] {
            guard let process = pid_t(name), let status = SmallFile.text("/proc/\(name)/stat"),
                let end = status.lastIndex(of: ")")
            else { continue }
            // Behind the name in brackets: state, parent (proc(5)).
            let fields = status[status.index(after: end)...].split(separator: " ")
            if fields.count > 1, let parent = pid_t(fields[1]) { parents[process] = parent }
        }
        return parents
    }
}
