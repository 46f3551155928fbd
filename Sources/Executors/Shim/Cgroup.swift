import Glibc
import Platform

/// The kernel's own limits on an attempt, where this process may set them: control groups of version 1 or 2.
struct Cgroup {
    private let version: Version
    /// The attempt's group in each hierarchy; all the same for version 2.
    private let memory: String
    private let cpu: String
    private let pids: String
    /// Where processor time is counted.
    private let account: String

    private enum Version { case one, two }

    private static let mount = "/sys/fs/cgroup"

    /// Makes a group with limits; nil where this process may not, or no hierarchy is mounted.
    init?(name: String, limits: AttemptLimits) {
        guard geteuid() == 0 else { return nil }
        if access(Self.mount + "/memory/memory.limit_in_bytes", F_OK) == 0 {
            self.init(one: name, limits: limits)
        } else {
            self.init(two: name, limits: limits)
        }
    }

    private init?(one name: String, limits: AttemptLimits) {
        func group(_ hierarchy: String) -> String { "\(Self.mount)/\(hierarchy)/atelier/\(name)" }
        version = .one
        (memory, cpu, pids, account) = (group("memory"), group("cpu"), group("pids"), group("cpuacct"))
        for path in Set([memory, cpu, pids, account]) where !Self.make(path) && path == memory { return nil }
        guard SmallFile.put("\(limits.memoryBytes)", into: memory + "/memory.limit_in_bytes") else {
            remove()
            return nil
        }
        // Without this the rest would go to swap; kernels without swap accounting have no such file.
        SmallFile.put("\(limits.memoryBytes)", into: memory + "/memory.memsw.limit_in_bytes")
        SmallFile.put("100000", into: cpu + "/cpu.cfs_period_us")
        SmallFile.put("\(limits.cpuMillicores * 100)", into: cpu + "/cpu.cfs_quota_us")
        SmallFile.put("\(limits.processes)", into: pids + "/pids.max")
    }

    private init?(two name: String, limits: AttemptLimits) {
        let parent = Self.mount + "/atelier"
        let path = parent + "/" + name
        version = .two
        (memory, cpu, pids, account) = (path, path, path, path)
        for controller in ["+memory", "+cpu", "+pids"] {
            SmallFile.put(controller, into: Self.mount + "/cgroup.subtree_control")
        }
        guard mkdir(parent, 0o755) == 0 || errno == EEXIST else { return nil }
        for controller in ["+memory", "+cpu", "+pids"] {
            SmallFile.put(controller, into: parent + "/cgroup.subtree_control")
        }
        guard Self.make(path), SmallFile.put("\(limits.memoryBytes)", into: path + "/memory.max") else {
            remove()
            return nil
        }
        SmallFile.put("0", into: path + "/memory.swap.max")
        SmallFile.put(limits.outlivesMemoryKills ? "0" : "1", into: path + "/memory.oom.group")
        SmallFile.put("\(limits.cpuMillicores * 100) 100000", into: path + "/cpu.max")
        SmallFile.put("\(limits.processes)", into: path + "/pids.max")
    }

    /// Puts a process, and all that it will start, under the limits.
    func add(_ process: pid_t) {
        for path in Set([memory, cpu, pids, account]) { SmallFile.put("\(process)", into: path + "/cgroup.procs") }
    }

    /// How many processes the kernel ended because the memory was used up.
    var memoryKills: Int64 {
        switch version {
        case .one: Self.value(of: "oom_kill", in: memory + "/memory.oom_control") ?? 0
        case .two: Self.value(of: "oom_kill", in: memory + "/memory.events") ?? 0
        }
    }

    /// The greatest memory used, bytes; nil where the kernel does not tell.
    var peakMemoryBytes: Int64? {
        switch version {
        case .one: Self.number(memory + "/memory.max_usage_in_bytes")
        case .two: Self.number(memory + "/memory.peak")
        }
    }

    /// Processor time used, milliseconds.
    var cpuMilliseconds: Int64? {
        switch version {
        case .one: Self.number(account + "/cpuacct.usage").map { $0 / 1_000_000 }
        case .two: Self.value(of: "usage_usec", in: account + "/cpu.stat").map { $0 / 1_000 }
        }
    }

    /// Removes the groups; they are empty when the sandbox is gone.
    func remove() {
        for path in Set([memory, cpu, pids, account]) { rmdir(path) }
    }

    /// The name of an attempt's group: a shim's own, so that no two ever share one.
    static func name(of attempt: AttemptID, shim: pid_t) -> String { "\(attempt)-\(shim)" }

    /// What an attempt's group uses now; nil where it has none.
    static func use(of folder: AttemptFolder, attempt: AttemptID) -> AttemptUse? {
        guard let shim = shim(of: folder) else { return nil }
        let name = name(of: attempt, shim: shim)
        let one = (memory: "\(mount)/memory/atelier/\(name)", account: "\(mount)/cpuacct/atelier/\(name)")
        if let memory = number(one.memory + "/memory.usage_in_bytes"), let cpu = number(one.account + "/cpuacct.usage")
        {
            // What the kernel could give back at once, such as files that were read, is no use.
            let cache = value(of: "total_inactive_file", in: one.memory + "/memory.stat") ?? 0
            return AttemptUse(cpuMilliseconds: cpu / 1_000_000, memoryBytes: max(0, memory - cache))
        }
        let two = "\(mount)/atelier/\(name)"
        guard let memory = number(two + "/memory.current"), let cpu = value(of: "usage_usec", in: two + "/cpu.stat")
        else { return nil }
        let cache = value(of: "inactive_file", in: two + "/memory.stat") ?? 0
        return AttemptUse(cpuMilliseconds: cpu / 1_000, memoryBytes: max(0, memory - cache))
    }

    private static func shim(of folder: AttemptFolder) -> pid_t? {
        SmallFile.text(folder.processID).flatMap { pid_t($0.prefix { $0 != "\n" }) }
    }

    /// Removes the groups that a killed shim has left.
    static func remove(leftBy folder: AttemptFolder, attempt: AttemptID) {
        guard let shim = shim(of: folder) else { return }
        for hierarchy in ["", "/memory", "/cpu", "/pids", "/cpuacct"] {
            rmdir("\(mount)\(hierarchy)/atelier/\(name(of: attempt, shim: shim))")
        }
    }

    private static func make(_ path: String) -> Bool {
        let parent = String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
        mkdir(parent, 0o755)
        return mkdir(path, 0o755) == 0 || errno == EEXIST
    }

    private static func number(_ path: String) -> Int64? {
        SmallFile.text(path).flatMap { Int64($0.prefix { $0 != "\n" }) }
    }

    /// The number behind a word that begins a line.
    private static func value(of word: String, in path: String) -> Int64? {
        for line in SmallFile.text(path)?.split(separator: "\n") ?? [] {
            let parts = line.split(separator: " ")
            if parts.count == 2, parts[0] == word { return Int64(parts[1]) }
        }
        return nil
    }
}
