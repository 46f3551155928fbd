public import Identity
public import Kernel
import Workloads

/// Shows one job of a project.
public struct ShowTrainingJob: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// The job, or `notFound` where the project has none of this id.
    public func callAsFunction(
        _ id: TrainingJobID, in project: Project, caller: Caller
    ) async throws -> TrainingJob {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.requiredTrainingJob(id, in: project.id) }
    }

    /// How many jobs wait in front of one that waits; nil where it does not.
    public func queuePosition(of job: TrainingJob) async throws -> Int? {
        guard job.machine.step == .queued else { return nil }
        return try await ports.store.read { try $0.queuePosition(of: job.id) }
    }

    /// What happened to the job, oldest first.
    public func events(
        _ id: TrainingJobID, page: PageRequest, in project: Project, caller: Caller
    ) async throws -> Page<TrainingJobEvent> {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            _ = try transaction.requiredTrainingJob(id, in: project.id)
            return try transaction.events(of: id, page: page)
        }
    }
}

extension StoreTransaction {
    /// A job of a project that is not deleted.
    func requiredTrainingJob(_ id: TrainingJobID, in project: ProjectID) throws -> TrainingJob {
        guard let job = try trainingJob(id, in: project) else {
            throw Fault(.notFound, "There is no training job \(id) in this project.", field: "training_job_id")
        }
        return job
    }
}
