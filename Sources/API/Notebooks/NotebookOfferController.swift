import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Money
import Platform
import Pricing
import Wire
import Workloads

/// What notebooks can run on, in the shapes of ModelArts.
struct NotebookOfferController: Sendable {
    private let projects: KnownProjects
    private let offer: ListNotebookOffer
    private let show: ShowNotebook

    init(_ ports: Ports, projects: KnownProjects) {
        self.projects = projects
        offer = ListNotebookOffer(ports)
        show = ShowNotebook(ports)
    }

    var routes: [Route] {
        [
            .known(.get, NotebookController.notebooks + "/flavors", "Lists flavors for notebooks.", flavors),
            .known(
                .get, NotebookController.notebook + "/flavors", "Lists flavors that a notebook can change to.",
                switchableFlavors),
        ]
    }

    @Sendable private func flavors(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let category = query.text("category")?.uppercased()
        if let category, !["CPU", "GPU", "ASCEND"].contains(category) {
            throw Fault(.invalidParameter, "category is CPU, GPU or ASCEND.", field: "category")
        }
        // The same sizes run on dedicated pools, as large as a node at most.
        let offered = try await offer.flavors(account: caller.account, caller: caller)
        return try page(
            offered.filter { category == nil || $0.category == category }.map(\.json), query, alsoAs: "flavors")
    }

    @Sendable private func switchableFlavors(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let notebook = try await show(try call.notebook(), in: project, caller: caller)
        let offered = try await offer.flavors(account: caller.account, caller: caller)
            .filter { $0.flavor.id != notebook.definition.flavor && $0.canFit }
        return try page(offered.map(\.json), call.query(), alsoAs: "flavors")
    }

    private func page(_ items: [JSONValue], _ query: Query, alsoAs name: String? = nil) throws -> Response {
        let page = try query.page(limit: Limits.listPage, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: items, page: page).json(alsoAs: name))
    }
}

extension ListNotebookOffer.OfferedFlavor {
    fileprivate var category: String { flavor.kind.rawValue.uppercased() }

    /// The flavor, with its present price an hour beside ModelArts' fields.
    fileprivate var json: JSONValue {
        let cards = flavor.accelerators
        return .fields(
            ("id", .text(flavor.id)), ("name", .text(flavor.id)), ("description", .text(flavor.name)),
            ("arch", .text(flavor.architecture == .arm ? "aarch64" : "x86_64")), ("category", .text(category)),
            ("feature", .text("NOTEBOOK")), ("free", .bool(false)),
            ("billing", .fields(("code", .text(flavor.id)), ("unit_num", .whole(1)))),
            ("vcpus", .whole((flavor.cpuMillicores + 999) / 1_000)), ("memory", .whole(flavor.memoryBytes)),
            ("sold_out", .bool(!hasRoom)), ("storages", .array([.text("EVS")])),
            ("evs_max_size", .text("\(NotebookDefinition.volumeGigabytes.upperBound)")),
            ("gpu", flavor.kind == .gpu ? cards.map(Self.gpu) : nil),
            ("price_per_hour", price?.unitPrice.map { .text($0) }), ("currency", .text(currency.code)))
    }

    private static func gpu(_ cards: FlavorAccelerators) -> JSONValue {
        .fields(
            ("gpu", .whole(cards.count)), ("gpu_memory", .text("\(cards.memoryBytes >> 30)GiB")),
            ("type", .text(cards.model)))
    }
}
