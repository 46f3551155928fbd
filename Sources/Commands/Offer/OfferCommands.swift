import ArgumentParser
import Wire

/// `atelier engine …`
struct EngineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engine", abstract: "Runtimes that jobs run in.", subcommands: [ListEngines.self])
}

struct ListEngines: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the engines.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get("/v2/\(server.project)/training-job-engines")
        output.show(
            answer["items"]?.array ?? [], whole: answer,
            columns: [
                Output.Column("id", "engine_id"), Output.Column("name", "engine_name"),
                Output.Column("version", "engine_version"),
            ], empty: "No runtime is prepared; see Runtimes/README.md.")
    }
}

/// `atelier flavor …`
struct FlavorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flavor", abstract: "Sizes of compute and their prices.", subcommands: [ListFlavors.self])
}

struct ListFlavors: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the flavors, their prices now, and whether this pool can hold them.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let book = try await server.get("/atelier/v1/price-book")
        let pool = try await server.get("/atelier/v1/pool")
        output.show(
            book["flavors"]?.array ?? [], whole: book["flavors"] ?? [],
            columns: Flavor.columns(currency: Output.text(book, at: "currency")) + [
                Output.Column("fits") { Flavor.fits($0, pool: pool) ? "yes" : "no" }
            ], empty: "The price book has no flavors.")
    }
}

/// A flavor as the command line shows it.
enum Flavor {
    static func columns(currency: String) -> [Output.Column] {
        [
            Output.Column("flavor", "id"), Output.Column("vcpu", "vcpus", isNumber: true),
            Output.Column("gib", "memory_gib", isNumber: true),
            Output.Column("cards") { flavor in
                let count = Output.text(flavor, at: "accelerators.count")
                return count.isEmpty ? "" : "\(count) × \(Output.text(flavor, at: "accelerators.model"))"
            },
            Output.Column("for") { flavor in
                let prices = flavor["prices"]?.array?.filter { $0["in_force"]?.bool == true } ?? []
                let products = Set(prices.map { Output.text($0, at: "product") })
                return products == Set(ownProducts.keys)
                    ? "all work" : products.map { ownProducts[$0] ?? $0 }.sorted().joined(separator: ", ")
            },
            Output.Column("\(currency) per hour", isNumber: true) {
                priceNow($0).map { Output.text($0, at: "per_hour") } ?? ""
            },
        ]
    }

    /// What the house's own products that flavors are for are in a word; others are their ids.
    private static let ownProducts = [
        "training-job": "jobs", "notebook": "notebooks", "inference": "services", "dedicated-pool": "pools",
    ]

    /// The price that holds now; nil where there is none.
    static func priceNow(_ flavor: JSONValue) -> JSONValue? {
        flavor["prices"]?.array?.first { $0["in_force"]?.bool == true }
    }

    static func fits(_ flavor: JSONValue, pool: JSONValue) -> Bool {
        let cards = Int64(Output.text(flavor, at: "accelerators.count")) ?? 0
        guard cards <= pool["accelerators"]?.array?.count ?? 0 else { return false }
        return thousandths(flavor, "vcpus") <= pool["cpu_millicores"]?.integer ?? 0
            && thousandths(flavor, "memory_gib") << 30 / 1_000 <= pool["memory_bytes"]?.integer ?? 0
    }

    /// A decimal with at most three decimals, in thousandths.
    private static func thousandths(_ flavor: JSONValue, _ path: String) -> Int64 {
        let parts = Output.text(flavor, at: path).split(separator: ".")
        let whole = parts.first.flatMap { Int64($0) } ?? 0
        let decimals = parts.count > 1 ? Int64((parts[1] + "000").prefix(3)) ?? 0 : 0
        return whole * 1_000 + decimals
    }
}
