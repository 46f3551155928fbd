import Platform

/// Keeps an attempt's memory below its limit: asks the kernel's control group, or counts where there is none.
struct MemoryWatch {
    private let tree: ProcessTree
    private let cgroup: Cgroup?
    private let limits: AttemptLimits
    /// The greatest memory counted; nil where the kernel counts.
    private(set) var peak: Int64?

    init(tree: ProcessTree, cgroup: Cgroup?, limits: AttemptLimits) {
        self.tree = tree
        self.cgroup = cgroup
        self.limits = limits
    }

    /// Whether this process counts itself, and must look often.
    var isByShim: Bool { cgroup == nil }

    /// Whether the kernel ended nothing for its memory; nil where it does not count.
    var isKernelSatisfied: Bool? { cgroup.map { $0.memoryKills == 0 } }

    /// Looks; the cause of an end where the limit was passed.
    mutating func breach() -> AttemptEnd.Cause? {
        if let cgroup { return cgroup.memoryKills > 0 && !limits.outlivesMemoryKills ? .outOfMemory : nil }
        let used = tree.memoryBytes()
        peak = max(peak ?? 0, used)
        return used > limits.memoryBytes ? .outOfMemory : nil
    }
}
