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
        let nodes = Int64(nodes)
        self.init(
            flavor: flavor.id, cpuMillicores: flavor.cpuMillicores * nodes, memoryBytes: flavor.memoryBytes * nodes,
            accelerators: (flavor.accelerators?.count ?? 0) * nodes)
    }

    /// Each kind of thing that can run out, in one order.
    var amounts: [Int64] { [cpuMillicores, memoryBytes, accelerators] }
}
