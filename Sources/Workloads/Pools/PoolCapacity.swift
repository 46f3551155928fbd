import Kernel
import Pricing

/// What a pool can hold in all.
public struct PoolCapacity: Hashable, Sendable {
    /// Thousandths of a core.
    public let cpuMillicores: Int64
    public let memoryBytes: Int64
    /// The indices of its accelerators.
    public let accelerators: [Int]

    public init(cpuMillicores: Int64, memoryBytes: Int64, accelerators: [Int]) {
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
        self.accelerators = accelerators
    }

    var amounts: [Int64] { [cpuMillicores, memoryBytes, Int64(accelerators.count)] }

    /// What is left of it for everybody when dedicated pools have their part.
    public func less(_ pools: [Placement]) -> PoolCapacity {
        let granted = Set(pools.flatMap(\.accelerators))
        let taken = Demand(flavor: FlavorID(""), sumOf: pools.map(\.demand))
        return PoolCapacity(
            cpuMillicores: max(0, cpuMillicores - taken.cpuMillicores),
            memoryBytes: max(0, memoryBytes - taken.memoryBytes),
            accelerators: accelerators.filter { !granted.contains($0) })
    }
}

/// A job's place on a pool: what it takes, and which accelerators are its own.
public struct Placement: Hashable, Sendable {
    public let id: String
    public let demand: Demand
    public let accelerators: [Int]

    public init(id: String, demand: Demand, accelerators: [Int]) {
        self.id = id
        self.demand = demand
        self.accelerators = accelerators
    }
}

/// A job that waits for a place.
public struct WaitingJob: Hashable, Sendable {
    public let id: String
    public let demand: Demand

    public init(id: String, demand: Demand) {
        self.id = id
        self.demand = demand
    }
}
