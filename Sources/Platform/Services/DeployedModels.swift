public import Identity
import Kernel
public import Workloads

/// Makes configs of deployments, and prepares the models that they name by their place.
///
/// Nothing is stored here: what is wrong is noted and told with all else that is, and the models are taken up in the
/// transaction that stores the service.
public struct DeployedModels: Sendable {
    private let ports: Ports
    private let publisher: ModelPublisher

    public init(_ ports: Ports, publisher: ModelPublisher) {
        self.ports = ports
        self.publisher = publisher
    }

    /// Configs, and the models that are taken up with them.
    public struct Deployed: Sendable {
        public let configs: [ServiceConfig]
        public let taken: TakenModels
    }

    /// The configs of all deployments of a service.
    ///
    /// - Parameter present: what a deployment that leaves its work as it is, or its count, has now.
    public func configs(
        of wishes: [DeploymentWish], service: String, startSeconds: Int64?, present: [ServiceConfig] = [],
        in project: Project, caller: Caller
    ) async throws -> Deployed {
        try caller.require(.write, in: Scope(project))
        var draft = Draft()
        for (index, wish) in wishes.enumerated() {
            await draft.add(
                wish, prefix: "group_configs[\(index)].", service: service, startSeconds: startSeconds,
                known: present.first { $0.deployment == wish.name }, account: project.account, ports: ports)
        }
        // Where a deployment is not known what is left is not the whole.
        if draft.configs.count == wishes.count {
            for breach in ServiceConfig.breaches(of: draft.configs) {
                draft.faults.add(.invalidParameter, breach, field: "group_configs")
            }
        }
        return deployed(draft)
    }

    /// The configs of a service in which one deployment is added, or changed where `known` is one of them.
    public func configs(
        of wish: DeploymentWish, known: ServiceConfig? = nil, service: String, present: [ServiceConfig],
        in project: Project, caller: Caller
    ) async throws -> Deployed {
        try caller.require(.write, in: Scope(project))
        var draft = Draft()
        await draft.add(
            wish, prefix: "", service: service, startSeconds: nil, known: known, account: project.account, ports: ports)
        if let config = draft.configs.first {
            draft.configs = known == nil ? present + [config] : present.map { $0 == known ? config : $0 }
            for breach in ServiceConfig.breaches(of: draft.configs) {
                draft.faults.add(.invalidParameter, breach, field: "weight")
            }
        }
        return deployed(draft)
    }

    private func deployed(_ draft: Draft) -> Deployed {
        Deployed(
            configs: draft.configs,
            taken: TakenModels(drafts: draft.models, faults: draft.faults, publisher: publisher))
    }
}

/// What has been made of wishes so far.
private struct Draft {
    var configs: [ServiceConfig] = []
    var models: [TakenModels.Draft] = []
    var faults = Faults()

    mutating func add(
        _ wish: DeploymentWish, prefix: String, service: String, startSeconds: Int64?, known: ServiceConfig?,
        account: AccountID, ports: Ports
    ) async {
        // A deployment keeps its name: one that came by the first API its first model's, whatever it runs from now on.
        let name = (wish.work == nil ? known?.name : known?.deployment) ?? wish.name
        guard let work = wish.work else {
            guard let known else {
                faults.add(.notFound, "The service has no deployment \(wish.name).", field: "\(prefix)name")
                return
            }
            return append(known.run, wish, startSeconds, known, name)
        }
        let model: String
        switch work.model {
        case .model(let id): model = id
        case .place(let place):
            let field = "\(prefix)model.address"
            if let fault = await JobFiles.fault(
                of: JobFiles.Need(url: place, field: field, kind: .source), in: ports.buckets, account: account)
            {
                faults.append(fault)
            }
            let title = "\(service)-\(name)".prefix(Limits.modelNameCharacters)
            let draft = TakenModels.Draft(
                id: ports.identifiers.uuid(), name: String(title), source: place, configText: work.config?.text)
            models.append(draft)
            model = draft.id.text
        }
        append(
            ServiceConfig.Run(model: model, flavor: work.flavor, environments: work.environments), wish,
            startSeconds, known, name)
    }

    private mutating func append(
        _ run: ServiceConfig.Run, _ wish: DeploymentWish, _ startSeconds: Int64?, _ known: ServiceConfig?,
        _ name: String
    ) {
        configs.append(
            ServiceConfig(
                model: run.model, weight: wish.weight ?? known?.weight ?? 0, flavor: run.flavor,
                instanceCount: wish.count ?? known?.instanceCount ?? 1, environments: run.environments,
                startSeconds: wish.startSeconds ?? startSeconds ?? known?.startSeconds
                    ?? ServiceConfig.standardStartSeconds,
                scaling: known?.scaling, name: name, description: wish.description ?? known?.description ?? "",
                version: known?.version ?? .first, pool: wish.pool ?? known?.pool))
    }
}
