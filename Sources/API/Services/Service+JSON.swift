import Kernel
import Platform
import Wire
import Workloads

/// What a service's view needs beside the service.
struct ServiceView: Sendable {
    let state: ServiceState
    /// Models that it names, by id.
    let models: [ModelID: Model]
    /// Calls that its stored counts do not have yet.
    let recent: (calls: Int64, failures: Int64)
    /// Where the caller reached the server.
    let origin: String

    private var service: Service { state.service }

    /// The fields that lists show.
    var listJSON: JSONValue { .object(JSONObject(listFields)) }

    /// The service as ModelArts shows it; times are milliseconds. `limits`, `reason` and `instances` are ours.
    var json: JSONValue {
        let more: [(name: String, value: JSONValue?)] = [
            ("config", .array(service.definition.configs.map(config))), ("batch", service.definition.batch.map(\.json)),
            ("served_config", .array(service.served.map(config))),
            ("instances", .array(state.instances.map(\.json))), ("limits", service.definition.limits.json),
            ("schedule", service.definition.scheduleJSON), ("stop_at", service.stopAt.map { .milliseconds($0) }),
            ("additional_properties", .object([:])), ("transition_at", .milliseconds(service.updatedAt)),
            ("operation_time", .milliseconds(service.updatedAt)),
        ]
        return .object(JSONObject(listFields + more.compactMap { name, value in value.map { (name, $0) } }))
    }

    private var listFields: [(name: String, value: JSONValue)] {
        let definition = service.definition
        let fields: [(name: String, value: JSONValue?)] = [
            ("service_id", .text(service.id)), ("service_name", .text(definition.name)),
            ("description", .text(definition.description)), ("infer_type", .text(definition.kind)),
            ("status", .text(state.status.rawValue)),
            ("error_msg", service.reason.isEmpty ? nil : .text(service.reason)),
            ("progress", .whole(state.progress)), ("tenant", .text(service.account)),
            ("project", .text(service.project)), ("owner", .text(service.user)),
            ("publish_at", .milliseconds(service.createdAt)), ("update_time", .milliseconds(service.updatedAt)),
            ("workspace_id", .text(definition.workspace)),
            ("access_address", isCalled ? .text("\(origin)/v1/infers/\(service.id)") : nil),
            ("inference_address", isCalled ? .text("\(origin)/v2/models/\(definition.name)/infer") : nil),
            ("invocation_times", .whole(service.calls + recent.calls)),
            ("failed_times", .whole(service.failures + recent.failures)), ("is_shared", .bool(false)),
            ("shared_count", .whole(0)), ("is_free", .bool(false)),
            ("cluster_id", definition.configs.first?.pool.map { .text($0) }),
        ]
        return fields.compactMap { name, value in value.map { (name, $0) } }
    }

    /// Whether it has an address: nobody calls a batch.
    private var isCalled: Bool { service.definition.batch == nil }

    private func config(_ config: ServiceConfig) -> JSONValue {
        let model = models[ModelID(config.model)]
        let ready = state.ready(config.run)
        return .fields(
            ("model_id", .text(config.model)), ("model_name", model.map { .text($0.definition.name) }),
            ("model_version", model.map { .text($0.definition.version) }), ("weight", .whole(config.weight)),
            ("specification", .text(config.flavor)), ("instance_count", .whole(config.instanceCount)),
            ("running_instance_count", .whole(ready)),
            ("status", .text(Int64(ready) >= config.instanceCount ? "ready" : ready > 0 ? "concerning" : "notReady")),
            ("envs", config.json["envs"]), ("deploy_timeout_in_seconds", .whole(config.startSeconds)),
            ("scaling", .bool(config.scaling != nil)),
            ("scaling_policy", config.scaling.map(\.json)),
            ("name", config.name.isEmpty ? nil : .text(config.name)),
            ("pool_name", config.pool.map { .text($0) }), ("support_debug", .bool(false)),
            ("additional_properties", .object([:])))
    }
}

extension ServiceInstance {
    var json: JSONValue {
        .fields(
            ("id", .text(attempt)), ("model_id", .text(run.model)), ("specification", .text(run.flavor)),
            ("status", .text(machine.step.rawValue)), ("reason", machine.reason.isEmpty ? nil : .text(machine.reason)),
            ("created_at", .milliseconds(createdAt)), ("billed_from", startedAt.map { .milliseconds($0) }),
            ("ended_at", endedAt.map { .milliseconds($0) }))
    }
}

extension ServiceEvent {
    var json: JSONValue {
        .fields(
            ("event_type", .text(isProblem ? "abnormal" : "normal")), ("event_info", .text(text)),
            ("occur_time", .milliseconds(at)))
    }
}

extension ServiceUpdate {
    func json(_ models: [ModelID: Model]) -> JSONValue {
        let configs = configs.map { config in
            let model = models[ModelID(config.model)]
            return JSONValue.fields(
                ("model_id", .text(config.model)), ("model_name", model.map { .text($0.definition.name) }),
                ("model_version", model.map { .text($0.definition.version) }),
                ("specification", .text(config.flavor)), ("weight", .whole(config.weight)),
                ("instance_count", .whole(config.instanceCount)), ("envs", config.json["envs"]),
                ("deploy_timeout_in_seconds", .whole(config.startSeconds)),
                ("scaling_policy", config.scaling.map(\.json)),
                ("name", config.name.isEmpty ? nil : .text(config.name)))
        }
        return .fields(
            ("update_time", .milliseconds(at)), ("result", .text(isSuccess ? "SUCCESS" : "FAIL")),
            ("config", .array(configs)))
    }
}
