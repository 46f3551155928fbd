import Platform

/// Keeps an attempt's memory below its limit: asks the kernel's control group, or counts where there is none.
struct MemoryWatch {
    private let tree: ProcessTree
    private let cgroup: Cgroup?
    private let limit: Int64
    /// The greatest memory counted; nil where the kernel counts.
    private(set) var peak: Int64?

    init(tree: ProcessTree, cgroup: Cgroup?, limit: Int64) {
        self.tree = tree
        self.cgroup = cgroup
        self.limit = limit
    }

    /// Whether this process counts itself, and must look often.
    var isByShim: Bool { cgroup == nil }

    /// Whether the kernel ended nothing for its memory; nil where it does not count.
    var isKernelSatisfied: Bool? { cgroup.map { $0.memoryKills == 0 } }

    /// Looks; the cause of an end where the limit was passed.
    mutating func breach() -> AttemptEnd.Cause? {
        if let cgroup { return cgroup.memoryKills > 0 ? .outOfMemory : nil }
        let used = tree.memoryBytes()
        peak = max(peak ?? 0, used)
        return used > limit ? .outOfMemory : nil
    }
}
