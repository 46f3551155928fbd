public import Kernel
public import Pricing

/// What a job takes from the pool while it has its place.
public struct Demand: Hashable, Sendable {
    public let flavor: FlavorID
    /// Of all nodes together.
    public let cpuMillicores: Int64
    public let memoryBytes: Int64
    public let accelerators: Int64

    public init(flavor: FlavorID, cpuMillicores: Int64, memoryBytes: Int64, accelerators: Int64) {
        self.flavor = flavor
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
        self.accelerators = accelerators
    }

    /// What so many nodes of a flavor take.
    public init(_ flavor: Flavor, nodes: Int) {
        let node = Demand(
            flavor: flavor.id, cpuMillicores: flavor.cpuMillicores, memoryBytes: flavor.memoryBytes,
            accelerators: flavor.accelerators?.count ?? 0)
        self = node.times(Int64(nodes))
    }

    /// What several take together.
    public init(flavor: FlavorID, sumOf demands: [Demand]) {
        self.init(
            flavor: flavor, cpuMillicores: demands.reduce(0) { $0 + $1.cpuMillicores },
            memoryBytes: demands.reduce(0) { $0 + $1.memoryBytes },
            accelerators: demands.reduce(0) { $0 + $1.accelerators })
    }

    /// What so many of the same take.
    public func times(_ count: Int64) -> Demand {
        Demand(
            flavor: flavor, cpuMillicores: cpuMillicores * count, memoryBytes: memoryBytes * count,
            accelerators: accelerators * count)
    }

    /// Each kind of thing that can run out, in one order.
    var amounts: [Int64] { [cpuMillicores, memoryBytes, accelerators] }
}
