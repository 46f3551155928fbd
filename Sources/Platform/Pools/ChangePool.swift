public import Identity
public import Kernel
import Metering
import Pricing
public import Workloads

/// Gives a pool more nodes or fewer, or another description or purpose; its bill changes at the same second.
public struct ChangePool: Sendable {
    private let ports: Ports
    private let jobs: TrainingJobSupervisor

    public init(_ ports: Ports, jobs: TrainingJobSupervisor) {
        self.ports = ports
        self.jobs = jobs
    }

    /// - Throws: `conflict` where what runs on the pool would not fit any more; what `CreatePool` throws.
    public func callAsFunction(
        _ id: PoolID, _ change: PoolChange, in project: Project, caller: Caller
    ) async throws -> DedicatedPool {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let machine = PoolCapacity(try await ports.executor.capacity())
        let pool = try await ports.store.write { transaction in
            var pool = try transaction.requiredPool(id, in: project.id)
            let now = ports.clock.now()
            pool.definition.description = change.description ?? pool.definition.description
            pool.definition.scopes = change.scopes ?? pool.definition.scopes
            if let nodes = change.nodes, nodes != pool.definition.nodes {
                try transaction.resize(&pool, to: nodes, machine: machine)
                try transaction.meter(&pool, reservingAt: now, ports: ports)
            }
            pool.updatedAt = now
            try transaction.update(pool)
            return pool
        }
        jobs.wake()
        return pool
    }
}

extension StoreTransaction {
    fileprivate func resize(_ pool: inout DedicatedPool, to nodes: Int64, machine: PoolCapacity) throws {
        let placed = try placements(on: pool.id)
        // Cards that are in use stay, whatever their number.
        let used = Set(placed.flatMap(\.accelerators))
        pool.accelerators.sort { (used.contains($0) ? 0 : 1, $0) < (used.contains($1) ? 0 : 1, $1) }
        try take(room: nodes, for: &pool, machine: machine)
        pool.definition.nodes = nodes
        guard pool.room(placed: placed).holdsWhatIsPlaced else {
            throw Fault(
                .conflict,
                "What runs on the pool \(pool.definition.name) does not fit on \(nodes) of its nodes; stop some of it "
                    + "first.", field: "spec.resources[0].count")
        }
    }
}
