import Kernel
import Money
import Platform
import Pricing
import Wire
import Workloads

extension PoolState {
    /// The pool as ModelArts shows it; `status.capacity`, `used`, `price_per_hour` and `currency` are ours.
    var json: JSONValue {
        .fields(
            ("kind", "Pool"), ("apiVersion", "v2"), ("metadata", metadata), ("spec", spec), ("status", status))
    }

    private var definition: PoolDefinition { pool.definition }

    private var metadata: JSONValue {
        .fields(
            ("name", .text(pool.id)), ("creationTimestamp", .time(pool.createdAt)),
            (
                "labels",
                .fields(
                    ("os.modelarts/name", .text(definition.name)),
                    ("os.modelarts/workspace.id", .text(definition.workspace)),
                    ("os.modelarts/resource.id", .text(pool.id)),
                    ("os.modelarts/tenant.domain.id", .text(pool.account)),
                    ("os.modelarts/tenant.project.id", .text(pool.project)), ("os.modelarts.pool/biz", "private"))
            ),
            (
                "annotations",
                .fields(
                    ("os.modelarts/description", .text(definition.description)), ("os.modelarts/billing.mode", "0"))
            ))
    }

    private var spec: JSONValue {
        .fields(
            ("type", "Dedicate"), ("scope", .array(definition.scopes.map { .text($0.rawValue) })),
            (
                "resources",
                .array([
                    .fields(
                        ("flavor", .text(definition.flavor)), ("count", .whole(definition.nodes)),
                        ("maxCount", .whole(definition.nodes)))
                ])
            ), ("network", .fields(("name", .text(definition.network)))))
    }

    private var status: JSONValue {
        let nodes = JSONValue.fields(("flavor", .text(definition.flavor)), ("count", .whole(definition.nodes)))
        let scopes = definition.scopes.map { scope in
            JSONValue.fields(("scopeType", .text(scope.rawValue)), ("state", "Enabled"))
        }
        return .fields(
            ("phase", "Running"), ("root", .text(pool.id)), ("scope", .array(scopes)),
            ("resources", .fields(("available", .array([nodes])))), ("capacity", capacity.json), ("used", used.json),
            ("price_per_hour", perHour.map { .text($0) }), ("currency", .text(currency.code)))
    }
}

extension PoolState {
    var isForNotebooks: Bool { definition.scopes.contains(.notebook) }

    /// The pool as notebooks name it: a cluster.
    var clusterJSON: JSONValue {
        .fields(
            ("pool_id", .text(pool.id)), ("logic_cluster_id", .text(pool.id)), ("type", "DEDICATED"),
            ("status", "ACTIVE"), ("project_id", .text(pool.project)), ("domain_id", .text(pool.account)),
            ("workspace_id", .text(definition.workspace)),
            ("resource_categories", .text(pool.node.accelerators > 0 ? "GPU" : "CPU")),
            ("create_at", .text(pool.createdAt.milliseconds)), ("update_at", .text(pool.updatedAt.milliseconds)),
            ("is_allow_root", .bool(false)))
    }
}

extension Demand {
    fileprivate var json: JSONValue {
        .fields(
            ("cpu_millicores", .whole(cpuMillicores)), ("memory_bytes", .whole(memoryBytes)),
            ("accelerators", .whole(accelerators)))
    }
}

extension PoolScope {
    /// The type of its work. Source: the filter `type` of `ListWorkloads`.
    var workload: String {
        switch self {
        case .training: "train"
        case .inference: "infer"
        case .notebook: "notebook"
        }
    }
}

extension PoolWorkload {
    var json: JSONValue {
        .fields(
            ("kind", "Workload"), ("apiVersion", "v1"), ("uid", .text(id)), ("jobUUID", .text(id)),
            ("name", .text(id)), ("jobName", .text(name)), ("type", .text(scope.workload)), ("namespace", ""),
            ("flavor", .text(demand.flavor)), ("status", .text(status.rawValue)), ("userName", .text(userName)),
            (
                "resourceRequirement",
                .fields(
                    ("cpu", .text("\(Self.decimal(demand.cpuMillicores)) Cores")),
                    ("memory", .text("\(Self.decimal((demand.memoryBytes * 1_000) >> 30)) GiB")),
                    ("nvidia.com/gpu", demand.accelerators > 0 ? .text(demand.accelerators) : nil))
            ),
            ("createTime", .milliseconds(createdAt)))
    }

    /// Thousandths as a decimal without needless noughts.
    private static func decimal(_ thousandths: Int64) -> String { JSONValue.thousandths(thousandths).text() }
}

extension ListOffer.OfferedFlavor {
    /// The flavor as nodes of pools name it; `price_per_hour` is ours.
    var resourceFlavor: JSONValue {
        let cards = flavor.accelerators.map { cards in
            JSONValue.fields(
                ("type", .text(cards.model)), ("size", .text(cards.count)),
                ("memory", .text("\(cards.memoryBytes >> 30)Gi")))
        }
        return .fields(
            ("kind", "ResourceFlavor"), ("apiVersion", "v1"),
            (
                "metadata",
                .fields(
                    ("name", .text(flavor.id)),
                    (
                        "labels",
                        .fields(
                            ("os.modelarts/scope", .text(PoolScope.allCases.map(\.rawValue).joined(separator: "."))))
                    ))
            ),
            (
                "spec",
                .fields(
                    ("type", "Dedicate"), ("cpuArch", .text(flavor.architecture.rawValue)),
                    ("cpu", .text(JSONValue.thousandths(flavor.cpuMillicores).text())),
                    ("memory", .text("\(flavor.memoryBytes >> 20)Mi")),
                    ("gpu", flavor.kind == .gpu ? cards : nil), ("npu", flavor.kind == .ascend ? cards : nil),
                    ("billingModes", .array([.whole(0)])), ("billingCode", .text(flavor.id)),
                    ("price_per_hour", price?.unitPrice.map { .text($0) }))
            ), ("status", .fields(("phase", .fields()))))
    }
}
