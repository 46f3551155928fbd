import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// The scaling policy of a deployment, in the shapes of ModelArts' second API (HPA).
extension InferServiceController {
    private static let scaling = deployment + "/hpa"

    var scalingRoutes: [Route] {
        [
            .known(.post, Self.scaling, "Has a deployment scale by itself.", createScaling),
            .known(.get, Self.scaling, "Shows how a deployment scales by itself.", showScaling),
            .known(.put, Self.scaling, "Changes how a deployment scales by itself.", changeScaling),
            .known(.delete, Self.scaling, "Has a deployment scale by itself no more.", deleteScaling),
            .known(.get, Self.scaling + "/events", "Lists what a deployment's scaling did.", listScalingEvents),
        ]
    }

    @Sendable private func createScaling(_ call: Call, _ caller: Caller) async throws -> Response {
        let policy = try ScalingPolicy(hpa: call.json(), deployment: try call.path("deployment_id"))
        return try await scale(call, caller) { config throws(Fault) in
            guard config.scaling == nil else {
                throw Fault(.conflict, "The deployment \(config.deployment) has a policy already; change that.")
            }
            return policy
        }
    }

    @Sendable private func showScaling(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let config = try state.service.deployment(named: call.path("deployment_id"))
        return Answer.json(config.json(scaling: try config.requiredScaling(), of: state.service))
    }

    @Sendable private func changeScaling(_ call: Call, _ caller: Caller) async throws -> Response {
        let state = try await state(of: call, caller)
        let config = try state.service.deployment(named: call.path("deployment_id"))
        let policy = try config.requiredScaling().changed(hpa: call.json(), deployment: config.deployment)
        return try await scale(call, caller) { config throws(Fault) in
            _ = try config.requiredScaling()
            return policy
        }
    }

    @Sendable private func deleteScaling(_ call: Call, _ caller: Caller) async throws -> Response {
        try await scale(call, caller) { config throws(Fault) in
            _ = try config.requiredScaling()
            return nil
        }
    }

    @Sendable private func listScalingEvents(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        _ = try query.sortKey(of: ["status", "lastProbeTime", "create_at", "update_at"])
        let isAscending = try query.isAscending()
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        let state = try await state(of: call, caller)
        let config = try state.service.deployment(named: call.path("deployment_id"))
        let events = try await list.scalingEvents(
            of: state.service.id, deployment: config.deployment, in: project, caller: caller)
        let shown = (isAscending ? events.reversed() : events).map(\.json)
        return Answer.json(NotebookPage(all: shown, page: page).json())
    }

    /// Gives a deployment another policy, or none; shows the one that it has then, or had.
    private func scale(
        _ call: Call, _ caller: Caller, to policy: (ServiceConfig) throws(Fault) -> ScalingPolicy?
    ) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let old = try state.service.deployment(named: call.path("deployment_id"))
        var new = old
        new.scaling = try policy(old)
        let configs = state.service.definition.configs.map { $0 == old ? new : $0 }
        try await change(
            state.service.id, ServiceChange(configs: configs), waitsForModels: true, in: project, caller: caller)
        guard let shown = new.scaling ?? old.scaling else { return Answer.json(.object([:])) }
        return Answer.json(new.json(scaling: shown, of: state.service))
    }
}

extension ServiceConfig {
    fileprivate func requiredScaling() throws(Fault) -> ScalingPolicy {
        guard let scaling else {
            throw Fault(.notFound, "The deployment \(deployment) does not scale by itself.", field: "deployment_id")
        }
        return scaling
    }

    /// A policy as ModelArts shows it; one that is not the deployment's any more is `DELETED`.
    fileprivate func json(scaling policy: ScalingPolicy, of service: Service) -> JSONValue {
        let isDeleted = scaling == nil
        let isActive = policy.rules.contains { !$0.isDisabled }
        return .fields(
            ("id", .text(ScalingPolicy.id(of: deployment))), ("name", .text(deployment)),
            ("target_resource_id", .text(deployment)), ("target_resource_type", .text("GROUP")),
            ("min_replicas", .whole(policy.least)), ("max_replicas", .whole(policy.most)),
            ("status", .text(isDeleted ? "DELETED" : isActive ? "ACTIVE" : "INACTIVE")),
            ("workspace_id", .text(service.definition.workspace)),
            ("hpa_rules", .array(policy.rules.map { $0.json(of: deployment, isDeleted: isDeleted) })))
    }
}

extension ScalingPolicy {
    /// What the policy of a deployment is called: each has one at most.
    fileprivate static func id(of deployment: String) -> String { "hpa-\(deployment)" }
}

extension ScalingRule {
    /// Bounds and metric are ours: ModelArts shows them with the policy alone.
    fileprivate func json(of deployment: String, isDeleted: Bool) -> JSONValue {
        var object: JSONObject = [
            "id": .string(name), "hpa_id": .string(ScalingPolicy.id(of: deployment)), "name": .string(name),
            "type": .string(kind.type), "disable": .string(isDisabled ? "true" : "false"),
            "status": .string(isDeleted ? "DELETED" : "CONFIG_SUCCESS"),
        ]
        switch kind {
        case .clock(let cron, let instances):
            object["schedule"] = .string(cron.description)
            object["target_replicas"] = JSONValue(instances)
        case .metric(let bounds):
            object["min_replicas"] = JSONValue(bounds.least)
            object["max_replicas"] = JSONValue(bounds.most)
            object["downscale_window"] = JSONValue(bounds.cooldownSeconds)
            object["metric"] = .string(bounds.metric.rawValue)
            object["target"] = JSONValue(bounds.target)
        }
        return .object(object)
    }
}

extension ScalingEvent {
    fileprivate var json: JSONValue {
        // As ModelArts writes this one time: 2025-05-20 10:05:55.
        let time = at.second.description.replacing("T", with: " ").replacing("Z", with: "")
        return .fields(
            ("id", .text("\(deployment)-\(at.milliseconds)")), ("hpa_id", .text(ScalingPolicy.id(of: deployment))),
            ("status", .text(after == wanted ? "SUCCESS" : "FAILED")), ("message", .text(text)),
            ("current_replicas", .whole(before)), ("target_replicas", .whole(wanted)),
            ("final_replicas", .whole(after)), ("record_time", .text(time)))
    }
}
