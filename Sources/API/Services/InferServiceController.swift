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
    let versions: DeploymentVersions
    let interrupt: InterruptDeployment
    private let offer: ListOffer
    private let pools: ListPools

    init(
        _ ports: Ports, supervisor: ServiceSupervisor, routes: ServiceRoutes, publisher: ModelPublisher,
        projects: KnownProjects
    ) {
        self.projects = projects
        create = CreateService(ports, supervisor: supervisor)
        change = ChangeService(ports, supervisor: supervisor)
        list = ListServices(ports, routes: routes)
        models = DeployedModels(ports, publisher: publisher)
        versions = DeploymentVersions(ports, change: change)
        interrupt = InterruptDeployment(ports, supervisor: supervisor)
        offer = ListOffer(ports)
        pools = ListPools(ports)
    }

    private static let services = "/v2/{project_id}/services"
    static let service = services + "/{service_id}"

    var routes: [Route] {
        [
            .known(.post, Self.services, "Deploys a service.", createService),
            .known(.get, Self.services, "Lists services.", listServices),
            .known(.get, Self.services + "/flavors", "Lists flavors for services.", listFlavors),
            .known(
                .get, Self.services + "/clusters/{cluster_id}", "Shows the pool that services run on, as a cluster.",
                showCluster),
            .known(.post, Self.services + "/delete", "Deletes services.", deleteServices),
            .known(.get, Self.service, "Shows a service.", showService),
            .known(.put, Self.service, "Changes a service.", changeService),
            .known(.post, Self.service + "/start", "Starts a service.", startService),
            .known(.post, Self.service + "/stop", "Stops a service.", stopService),
            .known(.get, Self.service + "/events", "Lists what happened to a service.", listEvents),
        ] + deploymentRoutes + versionRoutes + scalingRoutes
    }

    @Sendable private func createService(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let wish = try InferServiceWish(json: call.json())
        let deployed = try await models.configs(
            of: wish.deployments ?? [], service: wish.name ?? "", startSeconds: wish.startSeconds, in: project,
            caller: caller)
        let definition = ServiceDefinition(
            name: wish.name ?? "", description: wish.description ?? "", workspace: wish.workspace,
            configs: deployed.configs,
            stopAfterSeconds: wish.stopAfterSeconds.flatMap(\.self), limits: wish.limits ?? ServiceLimits())
        let state = try await create(
            definition, taking: deployed.taken, naming: .second, waitsForModels: true, in: project, caller: caller)
        return try await answer(state, call)
    }

    @Sendable private func listServices(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let search = try InferServiceSearch(query)
        let found = search.sorted(try await list(in: project, caller: caller)).map { state in
            (state, view(state, [:], call).listJSON)
        }
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: found.filter(search.finds).map(\.1), page: page).json())
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
        var deployed: DeployedModels.Deployed?
        if let deployments = wish.deployments {
            deployed = try await models.configs(
                of: deployments, service: definition.name, startSeconds: wish.startSeconds,
                present: definition.configs, in: project, caller: caller)
        }
        try await change(
            state.service.id,
            ServiceChange(
                description: wish.description, configs: deployed?.configs, stopAfterSeconds: wish.stopAfterSeconds,
                limits: wish.limits), taking: deployed?.taken ?? .none, naming: .second, waitsForModels: true,
            in: project, caller: caller)
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
        let key = query.text("event_info_key")
        let found = try query.span().map { span in events.filter { span.contains($0.at.milliseconds) } } ?? events
        let sought = found.filter { event in key.map { event.text.contains($0) } ?? true }
        let shown = (try query.isAscending() ? sought.reversed() : sought).map { event in
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

    @Sendable private func showCluster(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let id = try call.path("cluster_id")
        let own = try await pools(in: project, caller: caller).map(\.pool.id.text)
        guard ([PoolRoom.publicName] + own).contains(id) else {
            let names = ([PoolRoom.publicName] + own).joined(separator: ", ")
            throw Fault(.notFound, "There is no cluster \(id); there are \(names).", field: "id")
        }
        let offered = try await offer.flavors(for: Product.service, account: caller.account, caller: caller)
        let kinds = Set(offered.map { $0.flavor.kind.rawValue.uppercased() }).sorted()
        return Answer.json(
            .fields(
                ("pool_id", .text(id)), ("physical_pool_id", .text(id)), ("logic_cluster_id", .text(id)),
                ("type", .text(id == PoolRoom.publicName ? "MANAGED" : "DEDICATED")), ("pool_type", .text("PHYSICAL")),
                ("status", .text("ACTIVE")),
                ("project_id", .text(project.id)), ("workspace_id", .text("0")),
                ("resource_categories", .array(kinds.map { .text($0) })),
                ("flavors", .array(offered.map(\.inferFlavor)))))
    }

    func state(of call: Call, _ caller: Caller) async throws -> ServiceState {
        let project = try await projects.project(of: call, caller: caller)
        return try await list(ServiceID(try call.path("service_id")), in: project, caller: caller)
    }

    func answer(_ state: ServiceState, _ call: Call) async throws -> Response {
        var view = view(state, try await list.models(of: [state]), call)
        view.versionCounts = try await versions.counts(of: state.service.id)
        return Answer.json(view.json)
    }

    func view(_ state: ServiceState, _ models: [ModelID: Model], _ call: Call) -> InferServiceView {
        InferServiceView(state: state, models: models, origin: call.origin)
    }
}

/// What the second API's list of services is asked for.
private struct InferServiceSearch {
    /// Texts that a field of the list must be.
    private let exact: [(field: String, text: String)]
    private let name: String?
    private let description: String?
    private let asset: String?
    /// Pools that something of it must run on; nil among them is the public one.
    private let pools: [PoolID?]
    private let foreign: Bool
    private let isAscending: Bool
    private let isByCreation: Bool

    init(_ query: Query) throws {
        exact = [
            ("id", query.text("id")), ("status", query.text("status")?.uppercased()),
            ("type", query.text("type")), ("auth_type", query.text("auth_type")),
            ("workspace_id", query.text("workspace_id")),
        ].compactMap { field, text in text.map { (field, $0) } }
        name = query.text("name")
        description = query.text("description")
        asset = query.text("asset_id")
        let pools = [query.text("pool_id"), query.text("pool_name")].compactMap(\.self)
        self.pools = pools.map { $0 == PoolRoom.publicName ? nil : PoolID($0) }
        foreign = query.text("tags") != nil
        isAscending = try query.isAscending()
        isByCreation = try query.sortKey() == "create_at"
    }

    func finds(_ state: ServiceState, _ shown: JSONValue) -> Bool {
        !foreign && exact.allSatisfy { shown[$0.field]?.string == $0.text }
            && pools.allSatisfy { pool in state.service.definition.configs.contains { $0.pool == pool } }
            && (name.map { state.service.definition.name.contains($0) } ?? true)
            && (description.map { state.service.definition.description.contains($0) } ?? true)
            && (asset.map { asset in state.service.definition.configs.contains { $0.model == asset } } ?? true)
    }

    /// Services in the order asked for; those of the same moment the newest first.
    func sorted(_ states: [ServiceState]) -> [ServiceState] {
        let time: (ServiceState) -> Instant = { isByCreation ? $0.service.createdAt : $0.service.updatedAt }
        return states.sorted { isAscending ? time($0) < time($1) : time($0) > time($1) }
    }
}

extension Query {
    /// What a list of the second API is sorted by; its lists take one key or several with commas, of which the first
    /// decides.
    func sortKey(of keys: [String] = ["create_at", "update_at"]) throws(Fault) -> String {
        guard let text = text("sort_key") else { return keys.last ?? "" }
        let first = text.split(separator: ",").first.map(String.init) ?? ""
        guard keys.contains(first) else {
            throw Fault(.invalidParameter, "sort_key is one of \(keys.joined(separator: ", ")).", field: "sort_key")
        }
        return first
    }

    /// Whether `sort_dir` is `ASC`; `DESC` is what nobody needs to say.
    func isAscending() throws(Fault) -> Bool {
        switch text("sort_dir")?.uppercased() {
        case nil, "DESC": return false
        case "ASC": return true
        default: throw Fault(.invalidParameter, "sort_dir is ASC or DESC.", field: "sort_dir")
        }
    }

    /// Milliseconds from `start_time` to `end_time`; nil where neither is given.
    func span() throws(Fault) -> ClosedRange<Int64>? {
        let start = try number("start_time", in: 0...Int64.max)
        let end = try number("end_time", in: 0...Int64.max)
        if start == nil, end == nil { return nil }
        guard (start ?? 0) <= (end ?? Int64.max) else {
            throw Fault(.invalidParameter, "start_time is after end_time.", field: "start_time")
        }
        return (start ?? 0)...(end ?? Int64.max)
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
