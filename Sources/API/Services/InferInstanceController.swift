import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// Instances of deployments, and their pods, in the shapes of ModelArts' second API: each instance is one process, and
/// that is its one pod.
struct InferInstanceController: Sendable {
    private let projects: KnownProjects
    private let list: ListServices
    private let remove: DeleteInstance

    init(_ ports: Ports, supervisor: ServiceSupervisor, routes: ServiceRoutes, projects: KnownProjects) {
        self.projects = projects
        list = ListServices(ports, routes: routes)
        remove = DeleteInstance(ports, supervisor: supervisor)
    }

    private static let instances = InferServiceController.deployment + "/instances"
    private static let instance = instances + "/{instance_name}"
    private static let pods = instance + "/pods"
    private static let pod = pods + "/{pod_name}"
    /// What stands for every deployment, or every instance, where things are listed.
    private static let all = "all"

    var routes: [Route] {
        [
            .known(.get, Self.instances, "Lists the instances of a deployment.", listInstances),
            .known(.delete, Self.instance, "Deletes an instance; another is begun in its stead.", deleteInstance),
            .known(.get, Self.pods, "Lists the pods of an instance, which is one.", listPods),
            .known(.delete, Self.pod, "Deletes a pod; another is begun in its stead.", deletePod),
            .known(.get, Self.pod + "/events", "Lists what happened to a pod.", listPodEvents),
        ]
    }

    @Sendable private func listInstances(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let statuses = try query.instanceStatuses()
        let name = query.text("instance_name")
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        let shown = try await members(of: call, caller, withEnded: statuses != nil).filter { member in
            (name.map { member.instance.attempt.text.contains($0) } ?? true)
                && (statuses.map { $0.contains(member.status) } ?? true)
        }
        return Answer.json(NotebookPage(all: shown.map(\.json), page: page).json())
    }

    @Sendable private func deleteInstance(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let operation = try query.choice("operation", of: DeleteInstance.Operation.allCases) ?? .recreate
        let name = try call.path("instance_name")
        try await remove(name, operation, isForced: try query.flag("force") ?? false, call, caller)
        return Answer.json(.fields(("instance_name", .text(name))))
    }

    @Sendable private func listPods(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let statuses = try query.podStatuses()
        let instance = try call.path("instance_name")
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        let members = try await members(of: call, caller, withEnded: statuses != nil || instance != Self.all)
        if instance != Self.all { _ = try members.named(instance, field: "name") }
        let sought = ["pod_name", "pod_id", "pod_node_ip", "pod_node_name", "pod_role_name"].compactMap { key in
            query.text(key).map { (key, $0) }
        }
        let shown = members.filter { instance == Self.all || $0.instance.attempt.text == instance }
            .filter { member in statuses.map { $0.contains(member.podStatus) } ?? true }.map(\.podJSON)
            .filter { pod in sought.allSatisfy { pod[$0.0]?.string == $0.1 } }
        return Answer.json(NotebookPage(all: shown, page: page).json())
    }

    @Sendable private func deletePod(_ call: Call, _ caller: Caller) async throws -> Response {
        let name = try call.path("pod_name")
        try requireOwn(name, of: try call.path("instance_name"))
        try await remove(name, .recreate, isForced: try call.query().flag("force") ?? false, call, caller)
        return Answer.json(.fields(("pod_name", .text(name))))
    }

    @Sendable private func listPodEvents(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        if (query.text("start_time") == nil) != (query.text("end_time") == nil) {
            let missing = query.text("start_time") == nil ? "start_time" : "end_time"
            throw Fault(.missingParameter, "start_time and end_time are given together.", field: missing)
        }
        let span = try query.span()
        let name = try call.path("pod_name")
        try requireOwn(name, of: try call.path("instance_name"))
        let member = try await members(of: call, caller, withEnded: true).named(name, field: "name")
        let events = try await list.events(ofInstance: member.instance.attempt)
            .filter { event in span.map { $0.contains(event.at.milliseconds) } ?? true }
        return Answer.json(.array(events.map(\.json)))
    }

    /// An instance and its pod have the same name; `all` stands for the one there is.
    private func requireOwn(_ pod: String, of instance: String) throws(Fault) {
        guard instance == pod || instance == Self.all else {
            throw Fault(.notFound, "The instance \(instance) has no pod \(pod).", field: "name")
        }
    }

    private func remove(
        _ name: String, _ operation: DeleteInstance.Operation, isForced: Bool, _ call: Call, _ caller: Caller
    ) async throws {
        let project = try await projects.project(of: call, caller: caller)
        let deployment = try call.path("deployment_id")
        try await remove(
            AttemptID(name), of: deployment == Self.all ? nil : deployment,
            service: ServiceID(try call.path("service_id")), operation: operation, isForced: isForced, in: project,
            caller: caller)
    }

    /// The instances of the deployment that a path names, or of all.
    private func members(of call: Call, _ caller: Caller, withEnded: Bool) async throws -> [Member] {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await list(ServiceID(try call.path("service_id")), in: project, caller: caller)
        let name = try call.path("deployment_id")
        if name != Self.all { _ = try state.service.deployment(named: name) }
        // What an update replaces stands behind what replaces it, and is of its deployment, too.
        let configs = (state.service.definition.configs + state.service.served).filter { config in
            name == Self.all || config.deployment == name
        }
        return (withEnded ? state.instances : state.live).compactMap { instance in
            configs.first { $0.run == instance.run }.map { Member(instance: instance, config: $0) }
        }
    }
}

/// An instance with the deployment that it is of.
private struct Member {
    let instance: ServiceInstance
    let config: ServiceConfig

    /// Of RUNNING, PENDING, FAILED and DELETED.
    var status: String {
        switch instance.machine.step {
        case .ready: "RUNNING"
        case .queued, .submitting, .starting, .draining, .stopping: "PENDING"
        case .ended: instance.machine.isProblem ? "FAILED" : "DELETED"
        }
    }

    /// The same, and ABNORMAL where it goes because it is not well.
    var podStatus: String {
        instance.machine.step == .stopping && instance.machine.isProblem ? "ABNORMAL" : status
    }

    private var isReady: Bool { instance.machine.step == .ready }
    private var changedAt: Instant { instance.endedAt ?? instance.startedAt ?? instance.createdAt }

    var json: JSONValue {
        .fields(
            ("instance_name", .text(instance.attempt)), ("status", .text(status)), ("weight", .whole(config.weight)),
            ("pod_count", .whole(1)), ("running_pod_count", .whole(isReady ? 1 : 0)),
            ("update_at", .milliseconds(changedAt)))
    }

    /// All instances run on this machine, which is the one node.
    var podJSON: JSONValue {
        .fields(
            ("pod_id", .text(instance.attempt)), ("pod_name", .text(instance.attempt)),
            ("pod_node_ip", .text("127.0.0.1")), ("pod_node_name", .text("localhost")), ("pod_role", .text("COMMON")),
            ("pod_role_name", .text(config.deployment)), ("status", .text(podStatus)),
            ("update_time", .milliseconds(changedAt)))
    }
}

extension [Member] {
    fileprivate func named(_ name: String, field: String) throws(Fault) -> Member {
        guard let member = first(where: { $0.instance.attempt.text == name }) else {
            throw Fault(.notFound, "There is no instance \(name) in this deployment.", field: field)
        }
        return member
    }
}

extension InstanceEvent {
    fileprivate var json: JSONValue {
        .fields(
            ("type", .text(isProblem ? "Warning" : "Normal")), ("reason", .text(reason)), ("message", .text(text)),
            ("count", .whole(1)), ("first_timestamp", .text(at.second)), ("last_timestamp", .text(at.second)),
            ("reporting_component", .text("atelier")))
    }
}

extension Query {
    /// The statuses of instances that are asked for; ModelArts lists them by other words, too.
    fileprivate func instanceStatuses() throws(Fault) -> Set<String>? {
        try statuses([
            "RUNNING": ["RUNNING"], "PENDING": ["PENDING"], "INIT": ["PENDING"], "FAILED": ["FAILED"],
            "ERROR": ["FAILED"], "DELETED": ["DELETED"], "CONCERNING": [], "UNKNOWN": [],
        ])
    }

    /// The statuses of pods that are asked for.
    fileprivate func podStatuses() throws(Fault) -> Set<String>? {
        try statuses([
            "RUNNING": ["RUNNING"], "PENDING": ["PENDING"], "ABNORMAL": ["ABNORMAL"], "FAILED": ["FAILED"],
            "DELETED": ["DELETED"], "SUCCEEDED": [], "UNKNOWN": [],
        ])
    }

    private func statuses(_ known: [String: [String]]) throws(Fault) -> Set<String>? {
        let words = words("status").map { $0.uppercased() }
        guard !words.isEmpty else { return nil }
        var statuses: Set<String> = []
        for word in words {
            guard let meant = known[word] else {
                let all = known.keys.sorted().joined(separator: ", ")
                throw Fault(.invalidParameter, "status is of \(all), not \(word).", field: "status")
            }
            statuses.formUnion(meant)
        }
        return statuses
    }
}
