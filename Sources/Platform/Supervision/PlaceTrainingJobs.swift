import Kernel
import Workloads

/// Gives free room on each pool to the jobs that wait for it, in order; a smaller job passes only if it delays nobody.
struct PlaceTrainingJobs: Sendable {
    private let ports: Ports

    /// Waiting jobs of a pool that one look considers; those further back are looked at when these have gone.
    static let depth = 1_000

    init(_ ports: Ports) { self.ports = ports }

    /// A job that was given room, and what to do for it now.
    struct Placed: Sendable {
        let id: TrainingJobID
        let actions: [TrainingJobMachine.Action]
    }

    func callAsFunction() async throws -> [Placed] {
        let machine = PoolCapacity(try await ports.executor.capacity())
        let now = ports.clock.now()
        return try await ports.store.write { transaction in
            try transaction.poolsWithQueue().flatMap { pool in
                try transaction.placeJobs(on: pool, machine: machine, at: now)
            }
        }
    }
}

extension StoreTransaction {
    fileprivate func placeJobs(
        on pool: PoolID?, machine: PoolCapacity, at now: Instant
    ) throws -> [PlaceTrainingJobs.Placed] {
        let waiting = try trainingJobs(inSteps: [.queued], pool: PoolFilter(pool), limit: PlaceTrainingJobs.depth)
        let room = try room(of: pool, machine: machine)
        let decisions = room.plan(waiting.map { WaitingJob(id: $0.id.text, demand: $0.demand) })
        let jobs = Dictionary(uniqueKeysWithValues: waiting.map { ($0.id.text, $0) })
        return try decisions.compactMap { decision in
            guard var job = jobs[decision.id] else { return nil }
            let actions = job.machine.handle(.placed)
            job.placedAt = now
            job.accelerators = decision.accelerators
            try update(job)
            try append(TrainingJobEvent(job: job.id, at: now, text: "The pool has room; the job is being prepared."))
            return PlaceTrainingJobs.Placed(id: job.id, actions: actions)
        }
    }
}
