import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// Services in the shapes of ModelArts' first API.
struct ServiceController: Sendable {
    private let projects: KnownProjects
    private let create: CreateService
    private let change: ChangeService
    private let list: ListServices

    init(_ ports: Ports, supervisor: ServiceSupervisor, routes: ServiceRoutes, projects: KnownProjects) {
        self.projects = projects
        create = CreateService(ports, supervisor: supervisor)
        change = ChangeService(ports, supervisor: supervisor)
        list = ListServices(ports, routes: routes)
    }

    static let services = "/v1/{project_id}/services"
    private static let service = services + "/{service_id}"

    var routes: [Route] {
        [
            .known(.post, Self.services, "Deploys a service.", createService),
            .known(.get, Self.services, "Lists services.", listServices),
            .known(.get, Self.service, "Shows a service.", showService),
            .known(.put, Self.service, "Changes, starts or stops a service.", changeService),
            .known(.delete, Self.service, "Deletes a service; its instances are stopped.", deleteService),
            .known(.get, Self.service + "/events", "Lists what happened to a service.", listEvents),
            .known(.get, Self.service + "/logs", "Lists the changes of a service.", listUpdates),
            .known(
                .get, "/atelier/v1/projects/{project_id}/services/{service_id}/log",
                "Reads a piece of what an instance wrote.", log),
        ]
    }

    @Sendable private func createService(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await create(try ServiceDefinition(json: call.json()), in: project, caller: caller)
        return Answer.json(
            .fields(
                ("service_id", .text(state.service.id)), ("resource_ids", .array([.text(state.service.resource)]))))
    }

    @Sendable private func listServices(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let search = try ServiceSearch(call.query())
        let found = search.sorted(try await list(in: project, caller: caller).filter(search.finds))
        let page = Array(found.dropFirst(search.page.offset).prefix(search.page.limit))
        return Answer.json(
            .fields(
                ("total_count", .whole(found.count)), ("count", .whole(page.count)),
                ("services", .array(page.map { view($0, [:], call).listJSON }))))
    }

    @Sendable private func showService(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await list(try call.service(), in: project, caller: caller)
        return Answer.json(view(state, try await list.models(of: [state]), call).json)
    }

    @Sendable private func changeService(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        try await change(try call.service(), try ServiceChange(json: call.json()), in: project, caller: caller)
        return Answer.json(.object([:]))
    }

    @Sendable private func deleteService(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        try await change.delete(try call.service(), in: project, caller: caller)
        return Answer.json(.object([:]))
    }

    @Sendable private func listEvents(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let id = try call.service()
        let state = try await list(id, in: project, caller: caller)
        let query = try call.query()
        let kind = query.text("event_type")
        let found = try await list.events(of: id, in: project, caller: caller)
            .filter { kind == nil || kind == ($0.isProblem ? "abnormal" : "normal") }
        let page = try query.numberedPage(limit: Limits.greatestListPage)
        let shown = found.dropFirst(page.offset).prefix(page.limit)
        return Answer.json(
            .fields(
                ("service_id", .text(id)), ("service_name", .text(state.service.definition.name)),
                ("total_count", .whole(found.count)), ("count", .whole(shown.count)),
                ("events", .array(shown.map(\.json)))))
    }

    @Sendable private func listUpdates(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let id = try call.service()
        let state = try await list(id, in: project, caller: caller)
        let updates = try await list.updates(of: id, in: project, caller: caller)
        let models = try await list.models(of: [state])
        return Answer.json(
            .fields(
                ("service_id", .text(id)), ("service_name", .text(state.service.definition.name)),
                ("logs", .array(updates.map { $0.json(models) }))))
    }

    @Sendable private func log(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let reading = try await list.log(
            of: try call.service(), instance: query.text("instance").map { AttemptID($0) },
            from: try query.number("offset", in: -Limits.logBytes...Int64.max) ?? 0,
            limit: Int(try query.number("limit", in: 0...Int64(Limits.logPieceBytes)) ?? Int64(Limits.logPieceBytes)),
            in: project, caller: caller)
        return Answer.log(reading.piece, isFinal: reading.isFinal)
    }

    private func view(_ state: ServiceState, _ models: [ModelID: Model], _ call: Call) -> ServiceView {
        ServiceView(
            state: state, models: models, recent: list.recentCounts(of: state.service.id), origin: call.origin)
    }
}

extension Call {
    /// The service that a route's path names.
    fileprivate func service() throws -> ServiceID { ServiceID(try path("service_id")) }
}

/// What a list of services is asked for; `offset` is the number of a page, from 0, as ModelArts counts.
private struct ServiceSearch {
    let page: PageRequest
    private let id: String?
    private let name: String?
    private let model: String?
    private let status: ServiceState.Status?
    private let workspace: String?
    private let kind: String?
    private let isByName: Bool
    private let isAscending: Bool

    init(_ query: Query) throws {
        id = query.text("service_id")
        name = query.text("service_name")?.lowercased()
        model = query.text("model_id")
        workspace = query.text("workspace_id")
        kind = query.text("infer_type")
        status = try query.choice("status", of: ServiceState.Status.allCases)
        let order = query.text("sort_by") ?? "publish_at"
        guard ["publish_at", "service_name"].contains(order) else {
            throw Fault(.invalidParameter, "sort_by is publish_at or service_name.", field: "sort_by")
        }
        let direction = query.text("order") ?? "desc"
        guard ["asc", "desc"].contains(direction) else {
            throw Fault(.invalidParameter, "order is asc or desc.", field: "order")
        }
        isByName = order == "service_name"
        isAscending = direction == "asc"
        page = try query.numberedPage(limit: Limits.greatestListPage)
    }

    func finds(_ state: ServiceState) -> Bool {
        let definition = state.service.definition
        return (id.map { state.service.id.text == $0 } ?? true)
            && (name.map { definition.name.lowercased().contains($0) } ?? true)
            && (model.map { model in definition.configs.contains { $0.model == model } } ?? true)
            && (status.map { state.status == $0 } ?? true) && (workspace.map { definition.workspace == $0 } ?? true)
            && (kind.map { $0 == definition.kind } ?? true)
    }

    /// Services that came the newest first, in the order asked for.
    func sorted(_ states: [ServiceState]) -> [ServiceState] {
        let ascending =
            isByName
            ? states.sorted { $0.service.definition.name < $1.service.definition.name } : Array(states.reversed())
        return isAscending ? ascending : ascending.reversed()
    }
}
