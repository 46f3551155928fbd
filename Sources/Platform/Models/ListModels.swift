public import Identity
public import Kernel
import Workloads

/// Shows models of a project.
public struct ListModels: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// Every model, the newest first.
    public func callAsFunction(in project: Project, caller: Caller) async throws -> [Model] {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.models(in: project.id) }
    }

    /// One model, or `notFound` where the project has none of this id.
    public func callAsFunction(_ id: ModelID, in project: Project, caller: Caller) async throws -> Model {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.requiredModel(id, in: project.id) }
    }

    /// The runtimes that models can name.
    public func engines() -> [Engine] { ports.catalogue.engines.filter(\.servesModels).sorted { $0.id < $1.id } }
}

extension StoreTransaction {
    func requiredModel(_ id: ModelID, in project: ProjectID) throws -> Model {
        guard let model = try model(id), model.project == project else {
            throw Fault(.notFound, "There is no model \(id) in this project.", field: "model_id")
        }
        return model
    }
}
