import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// The deployments of a service, each a model with its share of the calls, and what is done with them.
extension InferServiceController {
    private static let deployments = service + "/deployments"
    static let deployment = deployments + "/{deployment_id}"

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
            .known(
                .post, Self.deployment + "/interrupt", "Breaks off a deployment that is on its way up.",
                interruptDeployment),
        ]
    }

    @Sendable private func listDeployments(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let view = view(state, try await list.models(of: [state]), call)
        let query = try call.query()
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        // All of a service are as old as it, and the newest stands last.
        _ = (try query.sortKey(), try query.isAscending())
        let shown = state.service.definition.configs.map { config in
            let whole = view.deployment(config)
            return JSONValue.fields(
                ("id", whole["id"]), ("name", whole["name"]), ("status", whole["status"]),
                ("infer_name", whole["infer_name"]), ("pool_id", whole["pool_id"]),
                ("weight", whole["weight"]), ("traffic_ratio", whole["traffic_ratio"]),
                ("version", whole["version"]), ("deploy_type", whole["deploy_type"]),
                ("create_at", .milliseconds(state.service.createdAt)),
                ("update_at", .milliseconds(state.service.updatedAt)))
        }
        return Answer.json(NotebookPage(all: shown, page: page).json())
    }

    @Sendable private func showDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        return try await answer(try state.service.deployment(named: call.path("deployment_id")), of: state, call)
    }

    @Sendable private func createDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let fields = JSONFields(try call.json())
        let wish = DeploymentWish(fields)
        if state.service.definition.configs.contains(where: { $0.deployment == wish.name }) {
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
        let count = try state.service.deployment(named: call.path("deployment_id")).instanceCount
        return try await scale(to: max(1, count), call, caller)
    }

    @Sendable private func stopDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        try await scale(to: 0, call, caller)
    }

    @Sendable private func deleteDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let gone = try state.service.deployment(named: call.path("deployment_id"))
        let rest = state.service.definition.configs.filter { $0 != gone }
        try Faults(ServiceConfig.breaches(of: rest).map { Fault(.conflict, "\($0) Change the others first.") }).check()
        try await change(
            state.service.id, ServiceChange(configs: rest), waitsForModels: true, in: project, caller: caller)
        return try await answer(gone, of: state, call)
    }

    @Sendable private func interruptDeployment(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let name = try call.path("deployment_id")
        try await interrupt(name, of: ServiceID(try call.path("service_id")), in: project, caller: caller)
        let state = try await state(of: call, caller)
        return try await answer(try state.service.deployment(named: name), of: state, call)
    }

    private func scale(to count: Int64, _ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let old = try state.service.deployment(named: call.path("deployment_id"))
        var new = old
        new.instanceCount = count
        let configs = state.service.definition.configs.map { $0 == old ? new : $0 }
        try Faults(ServiceConfig.breaches(of: configs).map { Fault(.invalidParameter, $0, field: "count") }).check()
        return try await store(configs, .none, showing: new.deployment, state, call, caller)
    }

    /// Puts another deployment beside those that a service has.
    private func put(
        _ wish: DeploymentWish, addedTo state: ServiceState, _ call: Call, _ caller: Caller
    ) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let present = state.service.definition
        let deployed = try await models.configs(
            of: wish, service: present.name, present: present.configs, in: project, caller: caller)
        return try await store(deployed.configs, deployed.taken, showing: wish.name, state, call, caller)
    }

    /// Changes the deployment that a path names.
    private func edit(_ call: Call, _ caller: Caller, _ wish: DeploymentWish) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let present = state.service.definition
        let old = try state.service.deployment(named: call.path("deployment_id"))
        if !wish.name.isEmpty, wish.name != old.deployment {
            throw Fault(.invalidParameter, "A deployment keeps its name.", field: "name")
        }
        let deployed = try await models.configs(
            of: wish, known: old, service: present.name, present: present.configs, in: project, caller: caller)
        return try await store(
            deployed.configs, deployed.taken, showing: old.deployment, state, call, caller)
    }

    private func store(
        _ configs: [ServiceConfig], _ taken: TakenModels, showing name: String, _ state: ServiceState, _ call: Call,
        _ caller: Caller
    ) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let place = configs.firstIndex { $0.deployment == name } ?? 0
        try await change(
            state.service.id, ServiceChange(configs: configs), taking: taken, naming: .deployment(place),
            waitsForModels: true, in: project, caller: caller)
        let after = try await self.state(of: call, caller)
        return try await answer(try after.service.deployment(named: name), of: after, call)
    }

    func answer(_ config: ServiceConfig, of state: ServiceState, _ call: Call) async throws -> Response {
        var view = view(state, try await list.models(of: [state]), call)
        view.versionCounts = try await versions.counts(of: state.service.id)
        return Answer.json(view.deployment(config))
    }
}
