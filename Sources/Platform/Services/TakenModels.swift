import Identity
import Kernel
import Workloads

/// Models that are taken up together with the service that names them: in one transaction with it, so that what is
/// refused leaves none of them behind.
public struct TakenModels: Sendable {
    /// One that is taken up; what it is called is a service's and a deployment's name.
    struct Draft: Hashable, Sendable {
        let id: ModelID
        let name: String
        let source: String
        let configText: String?
    }

    let drafts: [Draft]
    /// What is wrong with the deployments that name them, told with all else that is wrong.
    let faults: Faults
    private let publisher: ModelPublisher?

    init(drafts: [Draft], faults: Faults, publisher: ModelPublisher) {
        self.drafts = drafts
        self.faults = faults
        self.publisher = publisher
    }

    private init() { (drafts, faults, publisher) = ([], Faults(), nil) }

    /// No models, and nothing wrong.
    public static let none = TakenModels()

    func contains(_ model: String) -> Bool { drafts.contains { $0.id.text == model } }

    /// Has them published, once they are stored.
    func publish() { for draft in drafts { publisher?.publish(draft.id) } }
}

extension StoreTransaction {
    /// Stores models that are taken up, each as the next version of its name: what is in its place may have changed.
    func take(_ models: TakenModels, in project: Project, caller: Caller, ports: Ports) throws {
        guard !models.drafts.isEmpty else { return }
        var known = try self.models(in: project.id)
        guard known.count + models.drafts.count <= Limits.models else {
            throw Fault(.quotaExceeded, "The project has \(Limits.models) models; delete some that nobody needs.")
        }
        for draft in models.drafts {
            let last = known.filter { $0.definition.name == draft.name }.map { model in
                model.definition.version.split(separator: ".").reduce(0) { $0 * 1_000 + (Int($1) ?? 0) }
            }
            let next = max(last.max() ?? -1, 999_999) + 1
            let now = ports.clock.now()
            let model = Model(
                id: draft.id, account: project.account, project: project.id, user: caller.user,
                definition: ModelDefinition(
                    name: draft.name, version: "\(next / 1_000_000).\(next / 1_000 % 1_000).\(next % 1_000)",
                    description: "Taken up with its service.", source: draft.source, initialConfig: draft.configText),
                source: draft.source, createdAt: now, updatedAt: now)
            try insert(model)
            known.append(model)
        }
    }
}
