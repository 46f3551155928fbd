public import Identity
import Kernel
public import Workloads

/// Makes configs of deployments, and takes up the models that they name by their place.
public struct DeployedModels: Sendable {
    private let ports: Ports
    private let create: CreateModel

    public init(_ ports: Ports, publisher: ModelPublisher) {
        self.ports = ports
        create = CreateModel(ports, publisher: publisher)
    }

    /// The configs of deployments.
    ///
    /// - Parameter present: what a deployment that leaves its work as it is, or its count, has now.
    public func configs(
        of wishes: [DeploymentWish], service: String, startSeconds: Int64?, present: [ServiceConfig] = [],
        in project: Project, caller: Caller
    ) async throws -> [ServiceConfig] {
        // Before anything is taken up: what is refused leaves nothing behind.
        let weights = wishes.map { wish in wish.weight ?? present.first { $0.name == wish.name }?.weight ?? 0 }
        guard weights.reduce(0, +) == 100 else {
            throw Fault(
                .invalidParameter, "The weights sum to \(weights.reduce(0, +)); they must sum to 100.",
                field: "group_configs")
        }
        var configs: [ServiceConfig] = []
        for wish in wishes {
            configs.append(
                try await config(
                    of: wish, service: service, startSeconds: startSeconds, present: present, in: project,
                    caller: caller))
        }
        try Faults(
            ServiceConfig.breaches(of: configs).map { Fault(.invalidParameter, $0, field: "group_configs") }
        ).check()
        return configs
    }

    /// The config of one deployment.
    ///
    /// - Parameter name: what it is called, where the wish does not say so.
    public func config(
        of wish: DeploymentWish, named name: String? = nil, service: String, startSeconds: Int64?,
        present: [ServiceConfig], in project: Project, caller: Caller
    ) async throws -> ServiceConfig {
        let name = name ?? wish.name
        let known = present.first { $0.name == name }
        let run = try await run(of: wish, known, service: service, in: project, caller: caller)
        return ServiceConfig(
            model: run.model, weight: wish.weight ?? known?.weight ?? 0, flavor: run.flavor,
            instanceCount: wish.count ?? known?.instanceCount ?? 1, environments: run.environments,
            startSeconds: startSeconds ?? known?.startSeconds ?? ServiceConfig.standardStartSeconds,
            scaling: known?.scaling, name: name, pool: wish.pool ?? known?.pool)
    }

    private func run(
        of wish: DeploymentWish, _ known: ServiceConfig?, service: String, in project: Project, caller: Caller
    ) async throws -> ServiceConfig.Run {
        guard let work = wish.work else {
            guard let known else {
                throw Fault(.notFound, "The service has no deployment \(wish.name).", field: "name")
            }
            return known.run
        }
        let model: String
        switch work.model {
        case .model(let id): model = id
        case .place(let place):
            model = try await self.model(
                at: place, config: work.config, name: "\(service)-\(wish.name)", in: project, caller: caller)
        }
        return ServiceConfig.Run(model: model, flavor: work.flavor, environments: work.environments)
    }

    /// A model of a place: a new version of it for each deployment, since what is there may have changed.
    private func model(
        at place: String, config: ModelConfig?, name: String, in project: Project, caller: Caller
    ) async throws -> String {
        let name = String(name.prefix(Limits.modelNameCharacters))
        let known = try await ports.store.read { try $0.models(in: project.id) }.filter { $0.definition.name == name }
        let last = known.map { $0.definition.version.split(separator: ".").reduce(0) { $0 * 1_000 + (Int($1) ?? 0) } }
        let next = max(last.max() ?? -1, 999_999) + 1
        let model = try await create(
            ModelDefinition(
                name: name, version: "\(next / 1_000_000).\(next / 1_000 % 1_000).\(next % 1_000)",
                description: "Taken up with its service.",
                source: place, initialConfig: config?.text), in: project, caller: caller)
        return model.id.text
    }
}
