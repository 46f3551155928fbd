import Kernel
import Platform
import Wire
import Workloads

/// A service in the shapes of ModelArts' second API.
struct InferServiceView: Sendable {
    let state: ServiceState
    let models: [ModelID: Model]
    let origin: String
    /// How many versions each deployment has.
    var versionCounts: [String: Int] = [:]

    private var service: Service { state.service }

    var listJSON: JSONValue {
        .fields(
            ("id", .text(service.id)), ("name", .text(service.definition.name)), ("status", .text(status)),
            ("version", .text(version)), ("version_count", .whole(1)),
            ("description", .text(service.definition.description)), ("type", .text("REAL_TIME")),
            ("deploy_type", .text("SINGLE")), ("workspace_id", .text(service.definition.workspace)),
            ("auth_type", .text("TOKEN")), ("create_at", .milliseconds(service.createdAt)),
            ("update_at", .milliseconds(service.updatedAt)), ("schedule", schedule), ("tags", .array([])))
    }

    var json: JSONValue {
        let url = "\(origin)/v1/infers/\(service.id)"
        return .fields(
            ("id", .text(service.id)), ("name", .text(service.definition.name)),
            ("workspace_id", .text(service.definition.workspace)), ("type", .text("REAL_TIME")),
            ("deploy_type", .text("SINGLE")), ("status", .text(status)), ("failure_reason", .text(service.reason)),
            (
                "version",
                .fields(
                    ("id", .text(version)), ("version", .text(version)),
                    ("description", .text(service.definition.description)), ("predict_url", .text(url)),
                    ("instance_groups", .array(service.definition.configs.map(group))),
                    ("runtime_config", runtime))
            ),
            ("predict_url", .array([.fields(("type", .text("PUBLIC")), ("urls", .array([.text(url)])))])),
            ("tags", .array([])), ("schedule", schedule), ("create_at", .text("\(service.createdAt.milliseconds)")),
            ("update_at", .text("\(service.updatedAt.milliseconds)")))
    }

    private var version: String { "\(service.updatedAt.milliseconds)" }

    private var status: String {
        let isUpgrade = state.status == .deploying && !service.served.isEmpty
        return isUpgrade ? "UPGRADING" : state.status == .pending ? "DEPLOYING" : state.status.rawValue.uppercased()
    }

    private var schedule: JSONValue {
        guard var schedule = service.definition.scheduleJSON?.array?.first?.object else { return .array([]) }
        if let stop = service.stopAt { schedule["due_time"] = .milliseconds(stop) }
        return .array([.object(schedule)])
    }

    private var runtime: JSONValue {
        let limits = service.definition.limits
        return .fields(
            (
                "service_invoke",
                .fields(
                    ("port", .whole(ModelConfig.standardPort)), ("protocol", .text("HTTP")),
                    ("auth_type", .text("TOKEN")), ("strategy", .text("MIN_CONN")))
            ),
            (
                "service_limit",
                .fields(
                    (
                        "rate_limit",
                        .fields(("num", .whole(limits.callsPerSecond ?? 0)), ("unit", .text("SECOND")))
                    ),
                    ("request_size_limit", .whole((limits.bodyBytes ?? Limits.callBytes) >> 20)),
                    ("request_timeout", .whole(limits.answerSeconds ?? Limits.upstreamAnswerSeconds)))
            ))
    }

    /// A deployment as its service shows it: times are milliseconds, one of them as a text.
    private func group(_ config: ServiceConfig) -> JSONValue {
        var group = deployment(config).object ?? JSONObject()
        group["create_at"] = .text("\(service.createdAt.milliseconds)")
        group["update_at"] = .milliseconds(service.updatedAt)
        return .object(group)
    }

    /// One deployment by itself; it is named by its model where it came by the first API. Times are ISO 8601.
    func deployment(_ config: ServiceConfig) -> JSONValue {
        let model = models[ModelID(config.model)]
        let ready = state.ready(config.run)
        let name = config.deployment
        return .fields(
            ("id", .text(name)), ("name", .text(name)), ("deployment_name", .text(name)), ("infer_name", .text(name)),
            ("description", .text(config.description)), ("status", .text(status(of: config))),
            ("pool_id", .text(config.pool?.text ?? PoolRoom.publicName)),
            ("weight", .whole(config.weight)), ("traffic_ratio", .text("\(config.weight)")),
            ("count", .whole(config.instanceCount)), ("running_count", .whole(ready)),
            ("deploy_type", .text("SINGLE")), ("workload_type", .text("DEPLOYMENT")), ("framework", .text("COMMON")),
            ("version", .text(config.version)), ("version_id", .text(config.version)),
            ("version_count", .whole(versionCounts[name] ?? 1)),
            (
                "unit_configs",
                .array([
                    .fields(
                        ("name", .text(name)), ("flavor", .text(config.flavor)), ("envs", config.json["envs"]),
                        ("count", .whole(1)), ("cmd", model?.config.command.map { .text($0) }),
                        ("port", model.map { .whole($0.config.port) }))
                ])
            ),
            (
                "model",
                .fields(
                    ("source", .text("OBS")), ("address", model.map { .text($0.source) }),
                    ("asset_id", .text(config.model)), ("mount_path", .text(ServiceContract.model)))
            ),
            (
                "advanced_config",
                .fields(("deploy_timeout_minutes", .whole(max(1, config.startSeconds / 60))))
            ),
            ("scaling_policy", config.scaling.map(\.json)),
            ("create_at", .text(service.createdAt.second)), ("update_at", .text(service.updatedAt.second)))
    }

    /// How a deployment is, as ModelArts says it.
    func status(of config: ServiceConfig) -> String {
        guard service.wish == .running else { return status }
        let ready = state.ready(config.run)
        if Int64(ready) >= config.instanceCount { return config.instanceCount == 0 ? "STOPPED" : "RUNNING" }
        let before = service.served.first { $0.deployment == config.deployment }
        let answers = ready > 0 || before.map { state.ready($0.run) > 0 } == true
        guard answers else { return "DEPLOYING" }
        return before == config ? "CONCERNING" : "UPGRADING"
    }

    /// How a version of a deployment is: one that neither is defined nor answers any more is stopped.
    func status(ofVersion config: ServiceConfig) -> String {
        if let present = service.definition.configs.first(where: { $0.deployment == config.deployment }),
            present.version == config.version
        {
            return status(of: present)
        }
        return state.ready(config.run) > 0 ? "RUNNING" : "STOPPED"
    }
}
