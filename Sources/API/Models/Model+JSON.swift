import Kernel
import Platform
import Wire
import Workloads

extension Model {
    /// The fields of a model that lists show, as ModelArts names them.
    var listJSON: JSONValue { .object(JSONObject(listFields)) }

    /// The model as ModelArts shows it; `failed_reason` is ours.
    var json: JSONValue {
        let more: [(name: String, value: JSONValue?)] = [
            ("apis", config.apis.map { .text(String(decoding: $0.bytes(), as: UTF8.self)) }),
            ("model_metrics", metricsText.map { .text($0) }), ("model_algorithm", config.algorithm.map { .text($0) }),
            ("dependencies", .array(dependencies)), ("health", config.health.map(\.json)),
            ("config", configText.isEmpty ? nil : .text(configText)), ("model_labels", .array([])),
            ("install_type", .array([.text("real-time"), .text("batch")])), ("update_at", .milliseconds(updatedAt)),
        ]
        return .object(JSONObject(listFields + more.compactMap { name, value in value.map { (name, $0) } }))
    }

    private var listFields: [(name: String, value: JSONValue)] {
        let fields: [(name: String, value: JSONValue?)] = [
            ("model_id", .text(id)), ("model_name", .text(definition.name)),
            ("model_version", .text(definition.version)),
            ("model_type", .text(type)), ("model_size", .whole(bytes)), ("model_status", .text(state.rawValue)),
            ("failed_reason", message.isEmpty ? nil : .text(message)), ("description", .text(definition.description)),
            ("tenant", .text(account)), ("project", .text(project)), ("owner", .text(user)),
            ("create_at", .milliseconds(createdAt)), ("workspace_id", .text(definition.workspace)),
            ("source_location", .text(source)),
            ("source_job_id", definition.sourceJob.isEmpty ? nil : .text(definition.sourceJob)),
            ("model_source", .text(definition.sourceJob.isEmpty ? "custom" : "training")),
            ("runtime", engine.isEmpty ? nil : .text(engine)), ("specification", .object([:])),
            ("is_free", .bool(true)),
        ]
        return fields.compactMap { name, value in value.map { (name, $0) } }
    }

    private var metricsText: String? {
        if !definition.metrics.isEmpty { return definition.metrics }
        return config.metrics.map { String(decoding: $0.bytes(), as: UTF8.self) }
    }

    private var dependencies: [JSONValue] {
        guard !config.dependencies.isEmpty else { return [] }
        let packages = config.dependencies.map { package in
            JSONValue.fields(
                ("package_name", .text(package.name)), ("package_version", package.version.map { .text($0) }),
                ("restraint", package.restraint.map { .text($0) }))
        }
        return [.fields(("installer", .text("pip")), ("packages", .array(packages)))]
    }
}

extension ModelConfig.Health {
    fileprivate var json: JSONValue {
        .fields(("protocol", .text("http")), ("url", .text(path)), ("timeout_seconds", .whole(timeoutSeconds)))
    }
}

extension DeleteModel.Outcome {
    var json: JSONValue {
        .fields(
            ("delete_success_list", .array(deleted.map { .text($0) })),
            (
                "delete_failed_list",
                .array(
                    kept.map { id, why in
                        .fields(
                            ("model_id", .text(id)), ("error_code", .text(why.code.wire)),
                            ("error_msg", .text(why.message)))
                    })
            ))
    }
}
