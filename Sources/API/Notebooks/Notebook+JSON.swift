import Kernel
import Money
import Platform
import Wire
import Workloads

/// What a notebook's view needs beside the notebook.
struct NotebookView: Sendable {
    let notebook: Notebook
    /// Where the caller reached the server.
    let origin: String
    /// The image it runs, where it is still there.
    let image: NotebookImage?
    /// Whether the caller may use what opens it.
    let showsToken: Bool
    /// What costs money now.
    let costs: NotebookCosts

    /// The notebook as ModelArts shows it; times are milliseconds. `costs` is ours.
    var json: JSONValue {
        let machine = notebook.machine
        let definition = notebook.definition
        let url = origin + NotebookContract.basePath(of: notebook.id.text) + "lab"
        return .fields(
            ("id", .text(notebook.id)), ("name", .text(definition.name)),
            ("description", .text(definition.description)),
            ("status", .text(machine.status.rawValue)), ("fail_reason", .text(machine.reason)),
            ("action_progress", .array(machine.progress.map(Self.step))), ("feature", .text("NOTEBOOK")),
            ("flavor", .text(definition.flavor)), ("image", image?.json), ("lease", notebook.leaseJSON),
            ("url", .text(url)), ("token", showsToken ? .text(notebook.token) : nil),
            (
                "endpoints",
                .array([
                    .fields(("dev_service", .text("NOTEBOOK")), ("service", .text("NOTEBOOK")), ("uri", .text(url)))
                ])
            ),
            ("volume", volume), ("data_volumes", .array([])),
            ("pool", notebook.definition.pool.map { .fields(("id", .text($0))) }),
            ("workspace_id", .text(definition.workspace)),
            ("billing_items", .array(costs.items.map { .text($0.kind.rawValue) })),
            ("costs", .array(costs.items.map(\.json))), ("cost_note", .text(costs.note)),
            ("user", user), ("user_id", .text(notebook.user)), ("is_need_credentials", .bool(false)),
            ("tags", .array([])), ("create_at", .milliseconds(notebook.createdAt)),
            ("update_at", .milliseconds(notebook.updatedAt)))
    }

    private static func step(
        _ step: (part: NotebookMachine.StartPart, progress: NotebookMachine.Progress)
    ) -> JSONValue {
        .fields(
            ("step", .whole(step.part.rawValue)), ("status", .text(step.progress.rawValue)),
            ("description", .text(step.part.words)))
    }

    private var volume: JSONValue {
        let volume = costs.volume
        let isGrowing = volume?.machine.state == .extending
        return .fields(
            ("id", notebook.volume.map { .text($0) }), ("category", .text("EVS")), ("ownership", .text("MANAGED")),
            ("capacity", .whole(volume?.capacity ?? notebook.definition.volumeGigabytes)),
            ("mount_path", .text(NotebookContract.work + "/")),
            ("mount_type", .text("STATIC")),
            ("status", .text(isGrowing ? "RESIZING" : notebook.isRunning ? "MOUNTED" : "UNMOUNTED")),
            ("read_only", .bool(false)))
    }

    private var user: JSONValue {
        .fields(
            ("id", .text(notebook.user)), ("name", .text(notebook.userName)),
            ("domain", .fields(("id", .text(notebook.account)))))
    }
}

extension Notebook {
    /// The lease as ModelArts shows it: it ends `duration` after `create_at`, or after the last use where it is IDLE.
    var leaseJSON: JSONValue {
        .fields(
            ("type", .text(lease.kind.rawValue)), ("duration", .whole(lease.duration)),
            ("create_at", .milliseconds(lease.begunAt)), ("update_at", .milliseconds(updatedAt)),
            ("enable", .bool(true)))
    }
}

extension NotebookCosts.Item {
    fileprivate var json: JSONValue {
        .fields(
            ("item", .text(kind.rawValue)), ("resource", .text(resource)), ("product", .text(product)),
            ("flavor", .text(flavor)), ("per_hour", perHour.map { .text($0) }), ("currency", .text(currency.code)),
            ("until", .text(until)))
    }
}

/// A page of a list as the notebook family of ModelArts has it.
struct NotebookPage: Sendable {
    let items: [JSONValue]
    let total: Int
    let page: PageRequest

    /// All items of a short list, cut to a page here.
    init(all items: [JSONValue], page: PageRequest) {
        self.init(items: Array(items.dropFirst(page.offset).prefix(page.limit)), total: items.count, page: page)
    }

    init(items: [JSONValue], total: Int, page: PageRequest) {
        self.items = items
        self.total = total
        self.page = page
    }

    /// - Parameter name: a second name of the list, which some answers have.
    func json(alsoAs name: String? = nil) -> JSONValue {
        var object: JSONObject = [
            "current": JSONValue(page.offset / page.limit), "data": .array(items),
            "pages": JSONValue((total + page.limit - 1) / page.limit), "size": JSONValue(items.count),
            "total": JSONValue(total),
        ]
        if let name { object[name] = .array(items) }
        return .object(object)
    }
}
