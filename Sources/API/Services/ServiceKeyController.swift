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
    private static let bindings = InferServiceController.service + "/api-keys"
    private static let binding = bindings + "/{key_id}"

    var routes: [Route] {
        [
            .known(.post, Self.keys, "Makes a key that opens services.", create),
            .known(.post, Self.keys + "/temp", "Makes a key that opens services for some hours.", createTemporary),
            .known(.get, Self.keys, "Lists keys.", list),
            .known(.delete, Self.keys + "/{key_id}", "Deletes a key.", delete),
            .known(.post, Self.binding + "/bind", "Lets a key open a service.", bind),
            .known(.post, Self.binding + "/unbind", "Lets a key open a service no more.", unbind),
            .known(.post, Self.bindings + "/batch-bind", "Lets keys open a service.", batchBind),
            .known(.post, Self.bindings + "/batch-unbind", "Lets keys open a service no more.", batchUnbind),
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
        var object = key.json([:]).object ?? JSONObject()
        object["api_key"] = .string(secret)
        return Answer.json(.object(object))
    }

    @Sendable private func createTemporary(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let fields = JSONFields(try call.json())
        _ = fields.string("workspace_id", characters: 0...Limits.workspaceCharacters)
        let seconds = Self.seconds(fields)
        try fields.check()
        let (key, secret) = try await desk.createTemporary(seconds: seconds, in: project, caller: caller)
        return Answer.json(
            .fields(
                ("api_key", .text(secret)), ("expire_time", key.expiresAt.map { .milliseconds($0) }),
                ("create_time", .milliseconds(key.createdAt))))
    }

    /// How long a temporary key lasts. ModelArts says 1 to 24 hours and not in which unit; the two that it can be in
    /// have no number in common.
    private static func seconds(_ fields: JSONFields) -> Int64 {
        let asked = fields.requiredInteger("expire_time", in: Int64.min...Int64.max)
        if (1...Limits.temporaryKeyHours).contains(asked) { return asked * 3_600 }
        if (3_600...Limits.temporaryKeyHours * 3_600).contains(asked) { return asked }
        if fields.value("expire_time")?.integer != nil {
            fields.refuse("expire_time", "Hours from 1 to 24 were expected, or as many in seconds, not \(asked).")
        }
        return 0
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let names = try await desk.serviceNames(in: project, caller: caller)
        let search = try KeySearch(query, names)
        let keys = try await desk.list(in: project, caller: caller).filter(search.finds)
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: keys.map { $0.json(names) }, page: page).json())
    }

    @Sendable private func delete(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let names = try await desk.serviceNames(in: project, caller: caller)
        let key = try await desk.delete(ServiceKeyID(try call.path("key_id")), in: project, caller: caller)
        return Answer.json(key.json(names))
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
        return Answer.json(key.json(try await desk.serviceNames(in: project, caller: caller)))
    }

    @Sendable private func batchBind(_ call: Call, _ caller: Caller) async throws -> Response {
        try await batch(call, caller, isBound: true)
    }

    @Sendable private func batchUnbind(_ call: Call, _ caller: Caller) async throws -> Response {
        try await batch(call, caller, isBound: false)
    }

    private func batch(_ call: Call, _ caller: Caller, isBound: Bool) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let fields = JSONFields(try call.json())
        let ids = fields.objects("key_ids", limit: Limits.keysInRequest).map { $0.requiredString("key_id") }
        if fields.value("key_ids")?.array?.isEmpty ?? true {
            fields.refuse("key_ids", "Name the keys.", code: .missingParameter)
        }
        try fields.check()
        let outcome = try await desk.bind(
            ids.map { ServiceKeyID($0) }, to: ServiceID(try call.path("service_id")), isBound: isBound, in: project,
            caller: caller)
        let names = try await desk.serviceNames(in: project, caller: caller)
        let failed = outcome.failed.map { id, fault in
            JSONValue.fields(
                ("key_id", .text(id)), ("error_code", .text(fault.code.wire)), ("error_msg", .text(fault.message)))
        }
        return Answer.json(
            .fields(
                ("total", .whole(ids.count)), ("success_count", .whole(outcome.done.count)),
                ("success_items", .array(outcome.done.map { $0.json(names) })),
                ("failure_count", .whole(failed.count)), ("failure_items", .array(failed))))
    }
}

/// What a list of keys is asked for.
private struct KeySearch {
    private let id: String?
    private let name: String?
    private let scope: ServiceKey.Scope?
    private let workspace: String?
    /// Services that a key must be bound to one of; nil for all keys.
    private let services: Set<ServiceID>?
    /// Whether keys that open every service are found with those of a service.
    private let withUserScope: Bool

    init(_ query: Query, _ names: [ServiceID: String]) throws {
        (id, name, workspace) = (query.text("key_id"), query.text("name"), query.text("workspace_id"))
        scope = try query.choice("scope", of: ServiceKey.Scope.allCases)
        withUserScope = try query.flag("with_user_scope") ?? false
        var services = query.text("service_id").map { Set([ServiceID($0)]) }
        if let part = query.text("service_name") {
            let named = Set(names.filter { $0.value.contains(part) }.keys)
            services = services?.intersection(named) ?? named
        }
        self.services = services
    }

    func finds(_ key: ServiceKey) -> Bool {
        let opens = services.map { services in
            !services.isDisjoint(with: key.services) || (withUserScope && key.scope == .user)
        }
        return (id.map { key.id.text == $0 } ?? true) && (name.map { key.name.contains($0) } ?? true)
            && (scope.map { key.scope == $0 } ?? true) && (workspace.map { $0 == ServiceKey.workspace } ?? true)
            && (opens ?? true)
    }
}

extension ServiceKey {
    /// Keys are of the project, whatever its workspaces.
    fileprivate static let workspace = "0"

    fileprivate func json(_ names: [ServiceID: String]) -> JSONValue {
        .fields(
            ("key_id", .text(id)), ("name", .text(name)), ("description", .text(description)),
            ("scope", .text(scope.rawValue)), ("domain_id", .text(account)), ("project_id", .text(project)),
            ("create_time", .text("\(createdAt.milliseconds)")), ("workspace_id", .text(Self.workspace)),
            ("expire_time", expiresAt.map { .milliseconds($0) }),
            (
                "services",
                .array(services.map { id in .fields(("id", .text(id)), ("name", names[id].map { .text($0) })) })
            ))
    }
}
