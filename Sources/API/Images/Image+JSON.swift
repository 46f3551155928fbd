import Kernel
import Platform
import Wire
import Workloads

extension NotebookImage {
    /// The image as ModelArts shows it.
    var json: JSONValue {
        if let saved { return saved.json }
        return imageFields(
            id: id, namespace: engine.namespace, name: engine.name, tag: engine.version,
            ("description", .text(engine.summary)), ("type", .text("BUILD_IN")), ("status", .text("ACTIVE")),
            ("visibility", .text("PUBLIC")), ("workspace_id", .text("0")), ("engine_id", .text(engine.id)))
    }
}

extension SavedImage {
    /// The image as ModelArts shows it; `runtime` and `notebook_id` are ours. `size` is in KB.
    var json: JSONValue {
        imageFields(
            id: id.text, namespace: definition.namespace, name: definition.name, tag: definition.tag,
            ("description", .text(definition.description)), ("type", .text("DEDICATED")),
            ("origin", .text("IMAGE_SAVE")), ("status", .text(state.rawValue)), ("status_message", .text(message)),
            ("visibility", .text("PRIVATE")), ("workspace_id", .text(definition.workspace)),
            ("size", .whole((bytes + 1_023) >> 10)), ("create_at", .whole(createdAt.milliseconds)),
            ("update_at", .whole(updatedAt.milliseconds)), ("engine_id", .text(id)), ("runtime", .text(runtime)),
            ("notebook_id", .text(notebook)))
    }
}

extension ListedImage {
    var json: JSONValue {
        switch self {
        case .runtime(let image): image.json
        case .saved(let image): image.json
        }
    }
}

private func imageFields(
    id: String, namespace: String, name: String, tag: String, _ own: (name: String, value: JSONValue?)...
) -> JSONValue {
    var object = JSONObject()
    let named: [(name: String, value: JSONValue?)] = [
        ("id", .text(id)), ("name", .text(name)), ("tag", .text(tag)), ("show_name", .text(name)),
        ("show_tag", .text(tag)), ("namespace", .text(namespace)), ("swr_path", .text("\(namespace)/\(name):\(tag)")),
        ("arch", .text("X86_64")), ("service_type", .text("COMMON")), ("dev_services", .array([.text("NOTEBOOK")])),
        ("resource_categories", .array([.text("CPU"), .text("GPU")])),
        ("support_res_categories", .array([.text("CPU"), .text("GPU")])), ("tags", .array([])),
    ]
    for field in named + own { object[field.name] = field.value }
    return .object(object)
}
