import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Pricing
import Wire
import Workloads

/// Services in the shapes of ModelArts' second API, which the official SDKs speak.
struct InferServiceController: Sendable {
    let projects: KnownProjects
    let create: CreateService
    let change: ChangeService
    let list: ListServices
    let models: DeployedModels
    private let offer: ListOffer

    init(
        _ ports: Ports, supervisor: ServiceSupervisor, routes: ServiceRoutes, publisher: ModelPublisher,
        projects: KnownProjects
    ) {
        self.projects = projects
        create = CreateService(ports, supervisor: supervisor)
        change = ChangeService(ports, supervisor: supervisor)
        list = ListServices(ports, routes: routes)
        models = DeployedModels(ports, publisher: publisher)
        offer = ListOffer(ports)
    }

    private static let services = "/v2/{project_id}/services"
    static let service = services + "/{service_id}"

    var routes: [Route] {
        [
            .known(.post, Self.services, "Deploys a service.", createService),
            .known(.get, Self.services, "Lists services.", listServices),
            .known(.get, Self.services + "/flavors", "Lists flavors for services.", listFlavors),
            .known(.post, Self.services + "/delete", "Deletes services.", deleteServices),
            .known(.get, Self.service, "Shows a service.", showService),
            .known(.put, Self.service, "Changes a service.", changeService),
            .known(.post, Self.service + "/start", "Starts a service.", startService),
            .known(.post, Self.service + "/stop", "Stops a service.", stopService),
            .known(.get, Self.service + "/events", "Lists what happened to a service.", listEvents),
        ] + deploymentRoutes
    }

    @Sendable private func createService(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let wish = try InferServiceWish(json: call.json())
        let configs = try await models.configs(
            of: wish.deployments ?? [], service: wish.name ?? "", startSeconds: wish.startSeconds, in: project,
            caller: caller)
        let definition = ServiceDefinition(
            name: wish.name ?? "", description: wish.description ?? "", workspace: wish.workspace, configs: configs,
            stopAfterSeconds: wish.stopAfterSeconds.flatMap(\.self), limits: wish.limits ?? ServiceLimits())
        let state = try await create(definition, waitsForModels: true, in: project, caller: caller)
        return try await answer(state, call)
    }

    @Sendable private func listServices(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let (id, name, status) = (query.text("id"), query.text("name"), query.text("status")?.uppercased())
        let found = try await list(in: project, caller: caller).map { view($0, [:], call).listJSON }.filter { one in
            (id.map { one["id"]?.string == $0 } ?? true)
                && (name.map { one["name"]?.string?.contains($0) == true } ?? true)
                && (status.map { one["status"]?.string == $0 } ?? true)
        }
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: found, page: page).json())
    }

    @Sendable private func showService(_ call: Call, _ caller: Caller) async throws -> Response {
        try await answer(try await state(of: call, caller), call)
    }

    @Sendable private func changeService(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let wish = try InferServiceWish(json: call.json(), isChange: true)
        let definition = state.service.definition
        if let name = wish.name, name != definition.name {
            throw Fault(.invalidParameter, "A service keeps its name.", field: "name")
        }
        var configs: [ServiceConfig]?
        if let deployments = wish.deployments {
            configs = try await models.configs(
                of: deployments, service: definition.name, startSeconds: wish.startSeconds,
                present: definition.configs, in: project, caller: caller)
        }
        try await change(
            state.service.id,
            ServiceChange(
                description: wish.description, configs: configs, stopAfterSeconds: wish.stopAfterSeconds,
                limits: wish.limits), waitsForModels: true, in: project, caller: caller)
        return try await answer(try await self.state(of: call, caller), call)
    }

    @Sendable private func startService(_ call: Call, _ caller: Caller) async throws -> Response {
        try await turn(.running, call, caller)
    }

    @Sendable private func stopService(_ call: Call, _ caller: Caller) async throws -> Response {
        try await turn(.stopped, call, caller)
    }

    private func turn(_ status: ServiceChange.Status, _ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        try await change(
            state.service.id, ServiceChange(status: status), waitsForModels: true, in: project, caller: caller)
        return try await answer(try await self.state(of: call, caller), call)
    }

    @Sendable private func deleteServices(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let fields = JSONFields(try call.json())
        let ids = fields.strings("service_ids", limit: Int(Limits.services)).map { ServiceID($0) }
        if ids.isEmpty { fields.refuse("service_ids", "Name the services.", code: .missingParameter) }
        try fields.check()
        var states: [ServiceState] = []
        for id in ids { states.append(try await list(id, in: project, caller: caller)) }
        for id in ids { try await change.delete(id, in: project, caller: caller) }
        let shown = states.map { view($0, [:], call).json }
        return Answer.json(.fields(("service_responses", .array(shown))))
    }

    @Sendable private func listEvents(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let query = try call.query()
        let kind = query.text("event_type")?.lowercased()
        let events = try await list.events(of: state.service.id, in: project, caller: caller)
            .filter { kind == nil || kind == ($0.isProblem ? "abnormal" : "normal") }
        let shown = events.map { event in
            JSONValue.fields(
                ("service_id", .text(event.service)), ("event_count", .whole(1)),
                ("event_type", .text(event.isProblem ? "Abnormal" : "Normal")), ("event_info", .text(event.text)),
                ("create_at", .milliseconds(event.at)), ("update_at", .milliseconds(event.at)))
        }
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: shown, page: page).json())
    }

    @Sendable private func listFlavors(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let kind = query.text("flavor_type")?.lowercased()
        let offered = try await offer.flavors(for: Product.service, account: caller.account, caller: caller)
            .filter { kind == nil || $0.flavor.kind.rawValue.lowercased() == kind }
        let page = try query.page(limit: 10, atMost: 500)
        return Answer.json(NotebookPage(all: offered.map(\.inferFlavor), page: page).json())
    }

    func state(of call: Call, _ caller: Caller) async throws -> ServiceState {
        let project = try await projects.project(of: call, caller: caller)
        return try await list(ServiceID(try call.path("service_id")), in: project, caller: caller)
    }

    func answer(_ state: ServiceState, _ call: Call) async throws -> Response {
        Answer.json(view(state, try await list.models(of: [state]), call).json)
    }

    func view(_ state: ServiceState, _ models: [ModelID: Model], _ call: Call) -> InferServiceView {
        InferServiceView(state: state, models: models, origin: call.origin)
    }
}

extension ListOffer.OfferedFlavor {
    /// The flavor as the second API shows it; whole cores and gigabytes, rounded up.
    fileprivate var inferFlavor: JSONValue {
        .fields(
            ("id", .text(flavor.id)), ("name", .text(flavor.name)), ("description", .text(flavor.name)),
            ("category", .text(flavor.kind.rawValue.uppercased())), ("arch", .text("X86_64")),
            ("vcpus", .whole((flavor.cpuMillicores + 999) / 1_000)),
            ("memory", .whole((flavor.memoryBytes + (1 << 30) - 1) >> 30)), ("free", .bool(false)),
            ("sold_out", .bool(price == nil)), ("feature", .text("DEFAULT")),
            ("billing", .fields(("code", .text(flavor.id)), ("unit_num", .whole(1)))))
    }
}
