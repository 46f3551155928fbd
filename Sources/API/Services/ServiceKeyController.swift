import Hummingbird
import Identity
import Kernel
import Platform
import Wire

/// Keys of services, in the shapes of ModelArts' second API.
struct ServiceKeyController: Sendable {
    private let projects: KnownProjects
    private let desk: ServiceKeyDesk

    init(_ ports: Ports, projects: KnownProjects) {
        self.projects = projects
        desk = ServiceKeyDesk(ports)
    }

    private static let keys = "/v2/{project_id}/services/api-keys"
    private static let binding = InferServiceController.service + "/api-keys/{key_id}"

    var routes: [Route] {
        [
            .known(.post, Self.keys, "Makes a key that opens services.", create),
            .known(.get, Self.keys, "Lists keys.", list),
            .known(.delete, Self.keys + "/{key_id}", "Deletes a key.", delete),
            .known(.post, Self.binding + "/bind", "Lets a key open a service.", bind),
            .known(.post, Self.binding + "/unbind", "Lets a key open a service no more.", unbind),
        ]
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let fields = JSONFields(try call.json())
        let name = fields.requiredString("name", characters: 1...Limits.serviceNameCharacters)
        let description = fields.string("description", characters: 0...Limits.serviceDescriptionCharacters) ?? ""
        let text = fields.requiredString("scope")
        let scope = ServiceKey.Scope(rawValue: text)
        if scope == nil, !text.isEmpty { fields.refuse("scope", "USER or SERVICE was expected, not \(text).") }
        try fields.check()
        let (key, secret) = try await desk.create(
            name: name, description: description, scope: scope ?? .user, in: project, caller: caller)
        var object = key.json.object ?? JSONObject()
        object["api_key"] = .string(secret)
        return Answer.json(.object(object))
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let (name, scope, service) = (query.text("name"), query.text("scope"), query.text("service_id"))
        let keys = try await desk.list(in: project, caller: caller).filter { key in
            (name.map { key.name.contains($0) } ?? true) && (scope.map { key.scope.rawValue == $0 } ?? true)
                && (service.map { key.services.contains(ServiceID($0)) } ?? true)
        }
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: keys.map(\.json), page: page).json())
    }

    @Sendable private func delete(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let key = try await desk.delete(ServiceKeyID(try call.path("key_id")), in: project, caller: caller)
        return Answer.json(key.json)
    }

    @Sendable private func bind(_ call: Call, _ caller: Caller) async throws -> Response {
        try await bind(call, caller, isBound: true)
    }

    @Sendable private func unbind(_ call: Call, _ caller: Caller) async throws -> Response {
        try await bind(call, caller, isBound: false)
    }

    private func bind(_ call: Call, _ caller: Caller, isBound: Bool) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let key = try await desk.bind(
            ServiceKeyID(try call.path("key_id")), to: ServiceID(try call.path("service_id")), isBound: isBound,
            in: project, caller: caller)
        return Answer.json(key.json)
    }
}

extension ServiceKey {
    fileprivate var json: JSONValue {
        .fields(
            ("key_id", .text(id)), ("name", .text(name)), ("description", .text(description)),
            ("scope", .text(scope.rawValue)), ("domain_id", .text(account)), ("project_id", .text(project)),
            ("create_time", .text("\(createdAt.milliseconds)")), ("workspace_id", .text("0")),
            ("services", .array(services.map { .fields(("id", .text($0))) })))
    }
}
