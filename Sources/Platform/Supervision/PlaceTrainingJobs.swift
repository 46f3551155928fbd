import Kernel
import Workloads

/// Gives free room on the public pool to waiting jobs, in order; a smaller job passes only if it delays nobody.
struct PlaceTrainingJobs: Sendable {
    private let ports: Ports

    /// Waiting jobs that one look considers; those further back are looked at when these have gone.
    static let depth = 1_000

    init(_ ports: Ports) { self.ports = ports }

    /// A job that was given room, and what to do for it now.
    struct Placed: Sendable {
        let id: TrainingJobID
        let actions: [TrainingJobMachine.Action]
    }

    func callAsFunction() async throws -> [Placed] {
        let capacity = PoolCapacity(try await ports.executor.capacity())
        let now = ports.clock.now()
        return try await ports.store.write { transaction in
            let waiting = try transaction.trainingJobs(inSteps: [.queued], limit: Self.depth)
            guard !waiting.isEmpty else { return [] }
            let decisions = PublicPool.plan(
                capacity: capacity, placed: try transaction.placements(),
                waiting: waiting.map { WaitingJob(id: $0.id.text, demand: $0.demand) })
            let jobs = Dictionary(uniqueKeysWithValues: waiting.map { ($0.id.text, $0) })
            return try decisions.compactMap { decision in
                guard var job = jobs[decision.id] else { return nil }
                let actions = job.machine.handle(.placed)
                job.placedAt = now
                job.accelerators = decision.accelerators
                try transaction.update(job)
                try transaction.append(
                    TrainingJobEvent(job: job.id, at: now, text: "The pool has room; the job is being prepared."))
                return Placed(id: job.id, actions: actions)
            }
        }
    }
}
