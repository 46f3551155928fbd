public import Identity
public import Kernel
import Workloads

/// Changes what may be changed of a job once it is taken: its description.
public struct ChangeTrainingJob: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    public func callAsFunction(
        _ id: TrainingJobID, description: String, in project: Project, caller: Caller
    ) async throws {
        try caller.require(.write, in: Scope(project))
        guard description.count <= Limits.descriptionCharacters else {
            throw Fault(
                .invalidParameter, "The description has at most \(Limits.descriptionCharacters) characters.",
                field: "description")
        }
        try await ports.store.write { transaction in
            var job = try transaction.requiredTrainingJob(id, in: project.id)
            job.definition.description = description
            try transaction.update(job)
        }
    }
}
