public import Identity
public import Kernel

/// Searches the jobs of a project.
public struct ListTrainingJobs: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// A page of jobs.
    public func callAsFunction(
        _ query: TrainingJobQuery, in project: Project, caller: Caller
    ) async throws -> Page<TrainingJob> {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.trainingJobs(query) }
    }
}
