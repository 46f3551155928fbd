import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// The deployments of a service, each a model with its share of the calls, and their instances.
extension InferServiceController {
    private static let deployments = service + "/deployments"
    private static let deployment = deployments + "/{deployment_id}"

    var deploymentRoutes: [Route] {
        [
            .known(.post, Self.deployments, "Adds a deployment to a service.", createDeployment),
            .known(.get, Self.deployments, "Lists the deployments of a service.", listDeployments),
            .known(.get, Self.deployment, "Shows a deployment.", showDeployment),
            .known(.put, Self.deployment, "Changes a deployment.", changeDeployment),
            .known(.put, Self.deployment + "/scale", "Changes how many instances a deployment has.", scaleDeployment),
            .known(.post, Self.deployment + "/start", "Starts a deployment.", startDeployment),
            .known(.post, Self.deployment + "/stop", "Stops a deployment's instances.", stopDeployment),
            .known(.delete, Self.deployment, "Takes a deployment out of its service.", deleteDeployment),
            .known(.get, Self.deployment + "/instances", "Lists the instances of a deployment.", listInstances),
        ]
    }

    @Sendable private func listDeployments(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let view = view(state, try await list.models(of: [state]), call)
        let page = try call.query().page(limit: 10, atMost: Limits.greatestListPage)
        let shown = state.service.definition.configs.map { config in
            let whole = view.deployment(config)
            return JSONValue.fields(
                ("id", whole["id"]), ("name", whole["name"]), ("status", whole["status"]),
                ("weight", whole["weight"]), ("traffic_ratio", whole["traffic_ratio"]),
                ("version", whole["version"]), ("deploy_type", whole["deploy_type"]),
                ("create_at", .milliseconds(state.service.createdAt)),
                ("update_at", .milliseconds(state.service.updatedAt)))
        }
        return Answer.json(NotebookPage(all: shown, page: page).json())
    }

    @Sendable private func showDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        return try await answer(try state.config(named: call.path("deployment_id")), of: state, call)
    }

    @Sendable private func createDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let fields = JSONFields(try call.json())
        let wish = DeploymentWish(fields)
        if state.service.definition.configs.contains(where: { InferServiceView.name(of: $0) == wish.name }) {
            fields.refuse("name", "The service has a deployment of this name already.", code: .duplicateName)
        }
        try fields.check()
        return try await put(wish, addedTo: state, call, caller)
    }

    @Sendable private func changeDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let fields = JSONFields(try call.json())
        let wish = DeploymentWish(fields, isChange: true)
        try fields.check()
        return try await edit(call, caller, wish)
    }

    @Sendable private func scaleDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let fields = JSONFields(try call.json())
        let count = fields.requiredInteger("count", in: 0...Limits.serviceInstances)
        try fields.check()
        return try await scale(to: count, call, caller)
    }

    @Sendable private func startDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let count = try state.config(named: call.path("deployment_id")).instanceCount
        return try await scale(to: max(1, count), call, caller)
    }

    @Sendable private func stopDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        try await scale(to: 0, call, caller)
    }

    @Sendable private func deleteDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let gone = try state.config(named: call.path("deployment_id"))
        let rest = state.service.definition.configs.filter { $0 != gone }
        try Faults(ServiceConfig.breaches(of: rest).map { Fault(.conflict, "\($0) Change the others first.") }).check()
        try await change(state.service.id, ServiceChange(configs: rest), in: project, caller: caller)
        return try await answer(gone, of: state, call)
    }

    @Sendable private func listInstances(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let config = try state.config(named: call.path("deployment_id"))
        let shown = state.live.filter { $0.run == config.run }.map { instance in
            let isReady = instance.machine.step == .ready
            return JSONValue.fields(
                ("instance_name", .text(instance.attempt)), ("status", .text(isReady ? "RUNNING" : "DEPLOYING")),
                ("weight", .whole(config.weight)), ("pod_count", .whole(1)),
                ("running_pod_count", .whole(isReady ? 1 : 0)),
                ("update_at", .milliseconds(instance.startedAt ?? instance.createdAt)))
        }
        let page = try call.query().page(limit: 10, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: shown, page: page).json())
    }

    private func scale(to count: Int64, _ call: Call, _ caller: Caller) async throws -> Response {
        try await edit(call, caller, nil) { config in
            var config = config
            config.instanceCount = count
            return config
        }
    }

    /// Puts another deployment beside those that a service has.
    private func put(
        _ wish: DeploymentWish, addedTo state: ServiceState, _ call: Call, _ caller: Caller
    ) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let present = state.service.definition
        let added = try await models.config(
            of: wish, service: present.name, startSeconds: nil, present: present.configs, in: project, caller: caller)
        return try await store(present.configs + [added], showing: added, state, call, caller)
    }

    /// Changes the deployment that a path names.
    private func edit(
        _ call: Call, _ caller: Caller, _ wish: DeploymentWish?,
        _ body: (ServiceConfig) -> ServiceConfig = { $0 }
    ) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let present = state.service.definition
        let old = try state.config(named: call.path("deployment_id"))
        var new = body(old)
        if let wish {
            new = try await models.config(
                of: wish, named: old.name, service: present.name, startSeconds: nil, present: [old], in: project,
                caller: caller)
        }
        return try await store(present.configs.map { $0 == old ? new : $0 }, showing: new, state, call, caller)
    }

    private func store(
        _ configs: [ServiceConfig], showing config: ServiceConfig, _ state: ServiceState, _ call: Call,
        _ caller: Caller
    ) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        try Faults(ServiceConfig.breaches(of: configs).map { Fault(.invalidParameter, $0, field: "weight") }).check()
        try await change(
            state.service.id, ServiceChange(configs: configs), waitsForModels: true, in: project, caller: caller)
        return try await answer(config, of: try await self.state(of: call, caller), call)
    }

    private func answer(_ config: ServiceConfig, of state: ServiceState, _ call: Call) async throws -> Response {
        Answer.json(view(state, try await list.models(of: [state]), call).deployment(config))
    }
}

extension ServiceState {
    /// The deployment of a name, or `notFound`.
    fileprivate func config(named name: String) throws -> ServiceConfig {
        guard let config = service.definition.configs.first(where: { InferServiceView.name(of: $0) == name }) else {
            throw Fault(.notFound, "The service has no deployment \(name).", field: "deployment_id")
        }
        return config
    }
}
