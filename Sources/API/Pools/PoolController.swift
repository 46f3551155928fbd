import Hummingbird
import Identity
import Kernel
import Platform
import Pricing
import Wire
import Workloads

/// Dedicated pools, in the shapes of ModelArts.
struct PoolController: Sendable {
    private let projects: KnownProjects
    private let create: CreatePool
    private let change: ChangePool
    private let delete: DeletePool
    private let list: ListPools
    private let offer: ListOffer

    init(_ ports: Ports, jobs: TrainingJobSupervisor, projects: KnownProjects) {
        self.projects = projects
        create = CreatePool(ports)
        change = ChangePool(ports, jobs: jobs)
        delete = DeletePool(ports, jobs: jobs)
        list = ListPools(ports)
        offer = ListOffer(ports)
    }

    private static let pools = "/v2/{project_id}/pools"
    private static let pool = pools + "/{pool_name}"
    private static let statistics = "/v2/{project_id}/statistics/pools"

    var routes: [Route] {
        [
            .known(.post, Self.pools, "Creates a dedicated pool.", createPool),
            .known(.get, Self.pools, "Lists dedicated pools.", listPools),
            .known(.get, Self.pool, "Shows a dedicated pool.", showPool),
            .known(.patch, Self.pool, "Changes a dedicated pool.", patchPool),
            .known(.delete, Self.pool, "Deletes a dedicated pool.", deletePool),
            .known(.get, Self.pool + "/workloads", "Lists what is on a dedicated pool.", listWorkloads),
            .known(.get, Self.statistics, "Counts dedicated pools.", poolStatistics),
            .known(
                .get, Self.statistics + "/{pool_name}/workloads", "Counts what is on a dedicated pool.",
                workloadStatistics),
            .known(.get, "/v1/{project_id}/resourceflavors", "Lists flavors for nodes of pools.", listFlavors),
        ]
    }

    @Sendable private func createPool(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let pool = try await create(try PoolDefinition(json: call.json()), in: project, caller: caller)
        return Answer.json(try await list(pool.id, in: project, caller: caller).json)
    }

    @Sendable private func listPools(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let status = query.text("status") ?? "created"
        guard ["created", "failed", "creating"].contains(status) else {
            throw Fault(.invalidParameter, "status is created, failed or creating.", field: "status")
        }
        let workspace = query.text("workspaceId")
        // A pool is there at once or it is refused, so none is ever on its way.
        let found = try await list(in: project, caller: caller).filter { state in
            status == "created" && (workspace.map { state.pool.definition.workspace == $0 } ?? true)
        }
        return Answer.json(
            .fields(("kind", "PoolList"), ("apiVersion", "v2"), ("items", .array(found.map(\.json)))))
    }

    @Sendable private func showPool(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        return Answer.json(try await list(try call.pool(), in: project, caller: caller).json)
    }

    @Sendable private func patchPool(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let present = try await list(try call.pool(), in: project, caller: caller).pool
        let wish = try PoolChange(json: call.json(), flavor: present.definition.flavor.text)
        _ = try await change(present.id, wish, in: project, caller: caller)
        return Answer.json(try await list(present.id, in: project, caller: caller).json)
    }

    @Sendable private func deletePool(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await list(try call.pool(), in: project, caller: caller)
        _ = try await delete(state.pool.id, in: project, caller: caller)
        return Answer.json(state.json)
    }

    @Sendable private func listWorkloads(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let (type, status) = (query.text("type"), query.text("status"))
        let isAscending = try query.flag("ascend") ?? false
        let found = try await list.workloads(on: try call.pool(), in: project, caller: caller).filter { work in
            (type.map { work.scope.workload == $0 } ?? true) && (status.map { work.status.rawValue == $0 } ?? true)
        }
        let page = try query.page(limit: Limits.greatestListPage, atMost: Limits.greatestListPage)
        let shown = (isAscending ? found.reversed() : found).dropFirst(page.offset).prefix(page.limit)
        return Answer.json(
            .fields(
                ("kind", "WorkloadList"), ("apiVersion", "v1"), ("metadata", .fields()),
                ("items", .array(shown.map(\.json)))))
    }

    @Sendable private func poolStatistics(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let count = try await list(in: project, caller: caller).count
        return Answer.json(
            .fields(
                (
                    "statistics",
                    .fields(
                        (
                            "status",
                            .fields(("created", .whole(count)), ("creating", .whole(0)), ("failed", .whole(0)))
                        ))
                )))
    }

    @Sendable private func workloadStatistics(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let found = try await list.workloads(on: try call.pool(), in: project, caller: caller)
        let items = PoolScope.allCases.compactMap { scope -> JSONValue? in
            let own = found.filter { $0.scope == scope }
            guard !own.isEmpty else { return nil }
            let counts = PoolWorkload.Status.allCases.map { status in
                (name: status.rawValue, value: JSONValue.whole(own.count { $0.status == status }))
            }
            return .fields(
                ("type", .text(scope.workload)), ("total", .whole(own.count)),
                ("status", .object(JSONObject(counts))))
        }
        return Answer.json(
            .fields(("statistics", .fields(("total", .whole(found.count)), ("items", .array(items))))))
    }

    @Sendable private func listFlavors(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let offered = try await offer.flavors(for: Product.dedicatedPool, account: caller.account, caller: caller)
        return Answer.json(
            .fields(
                ("kind", "ResourceFlavorList"), ("apiVersion", "v1"), ("metadata", .fields()),
                ("items", .array(offered.map(\.resourceFlavor)))))
    }
}

extension Call {
    fileprivate func pool() throws -> PoolID { PoolID(try path("pool_name")) }
}
