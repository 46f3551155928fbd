public import Identity
public import Kernel
import Workloads

/// Deletes a model, or all its versions, with what was copied of its package.
public struct DeleteModel: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// What became of each version.
    public struct Outcome: Sendable {
        public var deleted: [ModelID] = []
        public var kept: [(id: ModelID, why: Fault)] = []
    }

    /// - Parameter cascades: whether every version of its name goes.
    /// - Throws: `notFound` where the project has no such model.
    public func callAsFunction(
        _ id: ModelID, cascades: Bool, in project: Project, caller: Caller
    ) async throws -> Outcome {
        try caller.require(.write, in: Scope(project))
        let outcome = try await ports.store.write { transaction in
            let model = try transaction.requiredModel(id, in: project.id)
            let versions =
                cascades
                ? try transaction.models(in: project.id).filter { $0.definition.name == model.definition.name }
                : [model]
            var outcome = Outcome()
            for model in versions {
                let users = try transaction.services(using: model.id)
                guard users.isEmpty else {
                    let names = users.prefix(3).joined(separator: ", ")
                    outcome.kept.append(
                        (
                            model.id,
                            Fault(
                                .conflict,
                                "The model \(model.title) is used by the service \(names); delete that first.")
                        ))
                    continue
                }
                try transaction.delete(model.id)
                outcome.deleted.append(model.id)
            }
            return outcome
        }
        for id in outcome.deleted { try await ports.models.remove(id) }
        return outcome
    }
}
