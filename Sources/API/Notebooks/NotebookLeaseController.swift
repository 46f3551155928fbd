import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// The leases of notebooks in the shapes of ModelArts, and what is left of them.
struct NotebookLeaseController: Sendable {
    private let projects: KnownProjects
    private let desk: NotebookLeaseDesk

    init(_ ports: Ports, supervisor: NotebookSupervisor, projects: KnownProjects) {
        self.projects = projects
        desk = NotebookLeaseDesk(ports, supervisor: supervisor)
    }

    private static let lease = NotebookController.notebook + "/lease"

    var routes: [Route] {
        [
            .known(.get, Self.lease, "Shows when a notebook stops by itself.", show),
            .known(.patch, Self.lease, "Renews the lease of a notebook.", renew),
        ]
    }

    @Sendable private func show(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        return Answer.json(try await desk.show(try call.notebook(), in: project, caller: caller).json)
    }

    @Sendable private func renew(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let fields = JSONFields(call.body.isEmpty ? [:] : try call.json())
        let duration = fields.integer("duration", in: NotebookLease.durations)
        let type = fields.string("type")
        let kind = type.flatMap { NotebookLease.Kind(name: $0) }
        if let type, kind == nil { fields.refuse("type", "A lease is of type TIMING or IDLE, not \(type).") }
        try fields.check()
        // The query's duration wins over the body's.
        let asked = try call.query().number("duration", in: NotebookLease.durations)
        let view = try await desk.renew(
            try call.notebook(), kind: kind, duration: asked ?? duration, in: project, caller: caller)
        return Answer.json(view.json)
    }
}

extension NotebookLeaseDesk.View {
    /// ModelArts' fields, and what is left: `expire_at`, `remaining` in milliseconds, and what is known of the use.
    fileprivate var json: JSONValue {
        var object = notebook.leaseJSON.object ?? JSONObject()
        object["expire_at"] = end.map { .milliseconds($0) } ?? .null
        object["remaining"] = end.map { .whole(max(0, $0.milliseconds - now.milliseconds)) } ?? .null
        if let lastActive { object["last_active_at"] = .milliseconds(lastActive) }
        if lastActive != nil { object["is_busy"] = .bool(isBusy) }
        return .object(object)
    }
}
