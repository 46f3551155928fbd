import Hummingbird
import Identity
import Kernel
import Platform
import Pricing
import Wire

/// What training jobs can run on and in, in the shapes of ModelArts.
struct TrainingOfferController: Sendable {
    private let projects: KnownProjects
    private let offer: ListOffer

    init(_ ports: Ports, projects: KnownProjects) {
        self.projects = projects
        offer = ListOffer(ports)
    }

    var routes: [Route] {
        [
            .known(.get, "/v2/{project_id}/training-job-flavors", "Lists flavors for training.", flavors),
            .known(.get, "/v2/{project_id}/training-job-engines", "Lists engines for training.", engines),
        ]
    }

    @Sendable private func flavors(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let kind = try call.query().text("flavor_type")
        if let kind, FlavorKind(rawValue: kind) == nil {
            let kinds = FlavorKind.allCases.map(\.rawValue).joined(separator: ", ")
            throw Fault(.invalidParameter, "flavor_type is one of \(kinds).", field: "flavor_type")
        }
        let offered = try await offer.flavors(for: Product.trainingJob, account: caller.account, caller: caller)
            .filter { one in kind.map { $0 == one.flavor.kind.rawValue } ?? true }
        return Answer.json(
            .fields(("total_count", .whole(offered.count)), ("flavors", .array(offered.map(\.json)))))
    }

    @Sendable private func engines(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let engines = offer.engines()
        return Answer.json(.fields(("total", .whole(engines.count)), ("items", .array(engines.map(\.json)))))
    }
}

extension Engine {
    fileprivate var json: JSONValue {
        .fields(
            ("engine_id", .text(id)), ("engine_name", .text(name)), ("engine_version", .text(version)),
            ("v1_compatible", .bool(false)), ("run_user", .text("")), ("image_info", .fields()))
    }
}

extension ListOffer.OfferedFlavor {
    /// The flavor with its present price an hour among the attributes, where a client of ModelArts can see it.
    fileprivate var json: JSONValue {
        .fields(
            ("flavor_id", .text(flavor.id)), ("flavor_name", .text(flavor.name)), ("max_num", .whole(1)),
            ("flavor_type", .text(flavor.kind.rawValue)),
            ("billing", .fields(("code", .text(flavor.id)), ("unit_num", .whole(1)))), ("flavor_info", info),
            ("attributes", .fields(("price_per_hour", price?.unitPrice.map { .text($0) }))))
    }

    /// Whole cores and gigabytes, rounded up, as the wire has whole numbers only; the price book has the exact ones.
    private var info: JSONValue {
        let cards = flavor.accelerators.map { cards in
            JSONValue.fields(
                ("unit_num", flavor.kind == .ascend ? .text(cards.count) : .whole(cards.count)),
                ("product_name", .text(cards.model)), ("memory", .text("\(cards.memoryBytes >> 30)GiB")))
        }
        return .fields(
            ("max_num", .whole(1)),
            (
                "cpu",
                .fields(
                    ("arch", .text(flavor.architecture.rawValue)),
                    ("core_num", .whole((flavor.cpuMillicores + 999) / 1_000)))
            ),
            ("gpu", flavor.kind == .gpu ? cards : nil), ("npu", flavor.kind == .ascend ? cards : nil),
            (
                "memory",
                .fields(("size", .whole((flavor.memoryBytes + (1 << 30) - 1) >> 30)), ("unit", .text("GB")))
            ))
    }
}
