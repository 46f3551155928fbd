import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// What clients of ModelArts ask around notebooks: storages that are mounted while they run, features, clusters.
struct NotebookPartsController: Sendable {
    private let ports: Ports
    private let projects: KnownProjects
    private let show: ShowNotebook
    private let pools: ListPools

    init(_ ports: Ports, projects: KnownProjects) {
        self.ports = ports
        self.projects = projects
        show = ShowNotebook(ports)
        pools = ListPools(ports)
    }

    // The SDK calls it `instance_id`; one name for one place of the path keeps the routes together.
    private static let storages = NotebookController.notebook + "/storage"
    private static let clusters = "/v1/{project_id}/authoring/clusters"

    var routes: [Route] {
        [
            .known(.get, Self.storages, "Lists storages that were mounted while the notebook ran.", list),
            .known(.post, Self.storages, "Refuses to mount a storage: a notebook has its volume.", attach),
            .known(.get, Self.storages + "/{storage_id}", "Shows a mounted storage.", missing),
            .known(.delete, Self.storages + "/{storage_id}", "Unmounts a storage.", missing),
            .known(.get, "/v1/{project_id}/authoring/features/{feature}", "Shows a feature of notebooks.", feature),
            .known(.get, Self.clusters, "Lists dedicated clusters for notebooks.", listClusters),
            .known(.get, Self.clusters + "/{cluster_id}", "Shows a dedicated cluster.", cluster),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        _ = try await show(try call.notebook(), in: project, caller: caller)
        let page = try call.query().page(limit: Limits.listPage, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: [], page: page).json())
    }

    @Sendable private func attach(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        _ = try await show(try call.notebook(), in: project, caller: caller)
        throw Fault(
            .invalidParameter,
            "Storages are not mounted while a notebook runs; its volume is at /home/ma-user/work and can grow.",
            field: "category")
    }

    @Sendable private func missing(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        _ = try await show(try call.notebook(), in: project, caller: caller)
        throw Fault(
            .notFound, "There is no storage \(try call.path("storage_id")) of this notebook.", field: "storage_id")
    }

    @Sendable private func feature(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let name = try call.path("feature").uppercased()
        guard name == "NOTEBOOK" || name == "DEFAULT" else {
            throw Fault(.notFound, "There is no feature \(name); there are NOTEBOOK and DEFAULT.", field: "feature")
        }
        let used = try await ports.store.read { try $0.notebookCount(in: project.id) }
        return Answer.json(
            .fields(
                ("id", .text(name)), ("name", .text(name)), ("enabled", .bool(name == "NOTEBOOK")),
                ("quota", .whole(name == "NOTEBOOK" ? Limits.notebooks : 0)), ("used", .whole(used)),
                ("user_id", .text(caller.user))))
    }

    @Sendable private func listClusters(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let page = try call.query().page(limit: Limits.listPage, atMost: Limits.greatestListPage)
        let found = try await pools(in: project, caller: caller).filter(\.isForNotebooks)
        return Answer.json(NotebookPage(all: found.map(\.clusterJSON), page: page).json())
    }

    @Sendable private func cluster(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let found = try await pools(PoolID(try call.path("cluster_id")), in: project, caller: caller)
        return Answer.json(found.clusterJSON)
    }
}
