import Hummingbird
import Identity
import Kernel
import Platform
import Pricing
import Wire

/// What services can run on, in the shapes of ModelArts.
struct ServiceOfferController: Sendable {
    private let projects: KnownProjects
    private let offer: ListOffer

    init(_ ports: Ports, projects: KnownProjects) {
        self.projects = projects
        offer = ListOffer(ports)
    }

    var routes: [Route] {
        [
            .known(
                .get, ServiceController.services + "/specifications", "Lists flavors for services.", specifications)
        ]
    }

    @Sendable private func specifications(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let offered = try await offer.flavors(for: Product.service, account: caller.account, caller: caller)
        return Answer.json(
            .fields(
                ("total_count", .whole(offered.count)), ("count", .whole(offered.count)),
                ("specifications", .array(offered.map(\.specification)))))
    }
}

extension ListOffer.OfferedFlavor {
    /// The flavor as services name it; `price_per_hour` is ours.
    fileprivate var specification: JSONValue {
        let cards = flavor.accelerators
        let gigabytes = (flavor.memoryBytes + (1 << 30) - 1) >> 30
        return .fields(
            ("specification", .text(flavor.id)), ("billing_spec", .text(flavor.id)),
            ("category", .text(flavor.kind.rawValue)),
            (
                "cpu_info",
                .fields(
                    ("arch", .text(flavor.architecture.rawValue)),
                    ("cpu", .thousandths(flavor.cpuMillicores)))
            ),
            ("memory_info", .fields(("unit", .text("GB")), ("memory", .whole(gigabytes)))),
            (
                "gpu_info",
                .fields(
                    ("unit", .text("GB")), ("gpu", .whole(flavor.kind == .gpu ? cards?.count ?? 0 : 0)),
                    ("brand", cards.map { .text($0.model) }), ("memory", .whole((cards?.memoryBytes ?? 0) >> 30)))
            ),
            ("display_en", .text(flavor.name)), ("is_open", .bool(price != nil)), ("spec_status", .text("normal")),
            ("is_free", .bool(false)), ("over_quota", .bool(false)),
            ("price_per_hour", price?.unitPrice.map { .text($0) }))
    }
}
