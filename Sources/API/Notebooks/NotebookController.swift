import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Pricing
import Wire
import Workloads

/// Notebooks in the shapes of ModelArts.
struct NotebookController: Sendable {
    private let ports: Ports
    private let projects: KnownProjects
    private let create: CreateNotebook
    private let start: StartNotebook
    private let end: EndNotebook
    private let change: ChangeNotebook
    private let show: ShowNotebook
    private let costs: ShowNotebookCosts

    init(_ ports: Ports, supervisor: NotebookSupervisor, projects: KnownProjects) {
        self.ports = ports
        self.projects = projects
        create = CreateNotebook(ports, supervisor: supervisor)
        start = StartNotebook(ports, supervisor: supervisor)
        end = EndNotebook(ports, supervisor: supervisor)
        change = ChangeNotebook(ports, supervisor: supervisor)
        show = ShowNotebook(ports)
        costs = ShowNotebookCosts(ports)
    }

    static let notebooks = "/v1/{project_id}/notebooks"
    static let notebook = notebooks + "/{id}"

    var routes: [Route] {
        [
            .known(.post, Self.notebooks, "Creates a notebook and starts it.", createNotebook),
            .known(.get, Self.notebooks, "Lists notebooks.", list),
            .known(.get, Self.notebooks + "/all", "Lists notebooks of every user of the project.", list),
            .known(.get, Self.notebook, "Shows a notebook, and what it costs now.", showNotebook),
            .known(.put, Self.notebook, "Changes a notebook, or lets its volume grow.", changeNotebook),
            .known(.delete, Self.notebook, "Deletes a notebook with its volume.", deleteNotebook),
            .known(.post, Self.notebook + "/start", "Starts a notebook.", startNotebook),
            .known(.post, Self.notebook + "/stop", "Stops a notebook; its files stay.", stopNotebook),
        ]
    }

    @Sendable private func createNotebook(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let notebook = try await create(try NotebookDefinition(json: call.json()), in: project, caller: caller)
        return try await answer(notebook, call, caller)
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let images = try await ports.offeredImages(in: project.id)
        let query = try NotebookSearch(call.query(), project: project.id, images: images).query
        let page = try await show.search(query, in: project, caller: caller)
        var items: [JSONValue] = []
        for notebook in page.items { items.append(try await json(notebook, images, call, caller)) }
        return Answer.json(NotebookPage(items: items, total: page.total, page: query.page).json())
    }

    @Sendable private func showNotebook(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        return try await answer(try await show(try call.notebook(), in: project, caller: caller), call, caller)
    }

    @Sendable private func changeNotebook(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let notebook = try await change(
            try call.notebook(), try NotebookChange(json: call.json()), in: project, caller: caller)
        return try await answer(notebook, call, caller)
    }

    @Sendable private func deleteNotebook(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let notebook = try await end(try call.notebook(), by: .delete, in: project, caller: caller)
        return try await answer(notebook, call, caller)
    }

    @Sendable private func startNotebook(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let notebook = try await start(
            try call.notebook(), lease: try call.lease(), in: project, caller: caller)
        return try await answer(notebook, call, caller)
    }

    @Sendable private func stopNotebook(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let notebook = try await end(try call.notebook(), by: .stop, in: project, caller: caller)
        return try await answer(notebook, call, caller)
    }

    private func answer(_ notebook: Notebook, _ call: Call, _ caller: Caller) async throws -> Response {
        let images = try await ports.offeredImages(in: notebook.project)
        return Answer.json(try await json(notebook, images, call, caller))
    }

    private func json(
        _ notebook: Notebook, _ images: OfferedImages, _ call: Call, _ caller: Caller
    ) async throws -> JSONValue {
        NotebookView(
            notebook: notebook, origin: call.origin, image: try? images.image(notebook.definition.image),
            showsToken: caller.may(.write, in: Scope(account: notebook.account, project: notebook.project)),
            costs: try await costs(of: notebook)
        ).json
    }
}

extension Call {
    /// The notebook that a route's path names.
    func notebook(_ name: String = "id") throws -> NotebookID { NotebookID(try path(name)) }

    /// The lease that the query asks for; nil where it says nothing.
    func lease() throws -> NotebookDefinition.LeaseWish? {
        let query = try self.query()
        let duration = try query.number("duration", in: NotebookLease.durations)
        let type = query.text("type")
        guard duration != nil || type != nil else { return nil }
        var wish = NotebookDefinition.LeaseWish()
        wish.duration = duration ?? wish.duration
        if let type {
            guard let kind = NotebookLease.Kind(name: type) else {
                throw Fault(.invalidParameter, "A lease is of type TIMING or IDLE, not \(type).", field: "type")
            }
            wish.kind = kind
        }
        return wish
    }
}

/// The query of a list of notebooks.
struct NotebookSearch {
    let query: NotebookQuery

    init(_ query: Query, project: ProjectID, images: OfferedImages) throws {
        let sorts: [String: NotebookQuery.Order] = [
            "create_at": .created, "update_at": .updated, "name": .name, "status": .status,
        ]
        let key = query.text("sort_key") ?? "create_at"
        guard let order = sorts[key] else {
            throw Fault(
                .invalidParameter, "sort_key is one of \(sorts.keys.sorted().joined(separator: ", ")).",
                field: "sort_key")
        }
        let direction = (query.text("sort_dir") ?? "DESC").uppercased()
        guard direction == "ASC" || direction == "DESC" else {
            throw Fault(.invalidParameter, "sort_dir is ASC or DESC.", field: "sort_dir")
        }
        let image = query.text("image_id")
        self.query = NotebookQuery(
            project: project, nameContains: query.text("name"), descriptionContains: query.text("description"),
            id: query.text("id").map { NotebookID($0) }, statuses: try Self.statuses(query),
            user: query.text("owner").map { UserID($0) }, userName: query.text("username"),
            flavor: query.text("flavor"), image: image.map { (try? images.image($0).engine.id) ?? $0 },
            workspace: query.text("workspace_id"), order: order, isAscending: direction == "ASC",
            page: try query.page(limit: 10, atMost: Limits.greatestListPage))
    }

    private static func statuses(_ query: Query) throws -> [NotebookMachine.Status]? {
        if let text = query.text("status") {
            guard let status = NotebookMachine.Status(rawValue: text.uppercased()) else {
                let all = NotebookMachine.Status.allCases.map(\.rawValue).joined(separator: ", ")
                throw Fault(.invalidParameter, "status is one of \(all).", field: "status")
            }
            return [status]
        }
        switch query.text("billing")?.uppercased() {
        case nil, "ALL", "STORAGE": return nil
        case "COMPUTE": return [.running, .snapshotting, .stopping]
        default: throw Fault(.invalidParameter, "billing is COMPUTE, STORAGE or ALL.", field: "billing")
        }
    }
}
