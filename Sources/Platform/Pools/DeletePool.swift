public import Identity
public import Kernel
import Metering
public import Workloads

/// Gives a pool back: from this second on it costs nothing, and everybody may have its part of the machine.
public struct DeletePool: Sendable {
    private let ports: Ports
    private let jobs: TrainingJobSupervisor

    public init(_ ports: Ports, jobs: TrainingJobSupervisor) {
        self.ports = ports
        self.jobs = jobs
    }

    /// - Throws: `conflict` while anything runs or waits on it: nobody's work ends by the way.
    public func callAsFunction(_ id: PoolID, in project: Project, caller: Caller) async throws -> DedicatedPool {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let pool = try await ports.store.write { transaction in
            var pool = try transaction.requiredPool(id, in: project.id)
            let work = try transaction.workloads(on: pool).filter(\.isAlive)
            guard work.isEmpty else {
                let names = work.prefix(5).map(\.name).joined(separator: ", ")
                throw Fault(
                    .conflict,
                    "The pool \(pool.definition.name) has work on it (\(names)\(work.count > 5 ? ", …" : "")); stop "
                        + "it first.", field: "pool_name")
            }
            let now = ports.clock.now()
            (pool.deletedAt, pool.updatedAt) = (now, now)
            try transaction.meter(&pool, at: now, ports: ports)
            try transaction.update(pool)
            return pool
        }
        // Somebody may have waited for this room.
        jobs.wake()
        return pool
    }
}
