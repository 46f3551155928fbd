import Workloads

extension PoolCapacity {
    /// What an executor's machines hold is what its pool can place.
    init(_ capacity: ExecutorCapacity) {
        self.init(
            cpuMillicores: capacity.cpuMillicores, memoryBytes: capacity.memoryBytes,
            accelerators: capacity.accelerators.map(\.index))
    }
}
