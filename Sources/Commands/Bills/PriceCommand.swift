import ArgumentParser
import Kernel
import NIOHTTP1
import Wire

/// `atelier price …`
struct PriceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "price", abstract: "What things cost.",
        subcommands: [ShowPrices.self, AskPrice.self, ReloadPrices.self, ImportPrices.self])
}

struct ShowPrices: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the price book you are billed by.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let book = try await server.get("/atelier/v1/price-book")
        let rows: [JSONValue] = (book["flavors"]?.array ?? []).flatMap { flavor in
            (flavor["prices"]?.array ?? []).map { price in
                var row = price.object ?? [:]
                row["flavor"] = flavor["id"]
                return .object(row)
            }
        }
        if output.format == .table {
            Terminal.error(
                "Price book \(Output.text(book, at: "id")), edition \(Output.text(book, at: "version").prefix(12)), "
                    + "\(Output.text(book, at: "profile")) site, \(Output.text(book, at: "currency"))")
        }
        output.show(
            rows, whole: book,
            columns: [
                Output.Column("flavor", "flavor"), Output.Column("product", "product"),
                Output.Column("per hour", "per_hour", isNumber: true), Output.Column("from", "valid_from"),
                Output.Column("until", "valid_until"), Output.Column("now", "in_force"),
            ], empty: "The price book is empty.")
    }
}

struct AskPrice: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask", abstract: "Ask what a use would cost.",
        discussion: "atelier price ask modelarts.vm.cpu.2u --hours 2.5 --nodes 3")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The flavor.") var flavor: String
    @Option(help: "Hours of use, a decimal.") var hours = "1"
    @Option(help: "Nodes.") var nodes: Int64 = 1
    @Option(help: "The product.") var product = "training-job"

    func run(_ server: ServerClient, _ output: Output) async throws {
        let book = try await server.get("/atelier/v1/price-book")
        let products = book["products"]?.array ?? []
        guard let sold = products.first(where: { $0["id"]?.string == product }) else {
            let known = products.compactMap { $0["id"]?.string }.joined(separator: ", ")
            throw Fault(.invalidParameter, "There is no product \(product); there are \(known).", field: "--product")
        }
        let question: JSONValue = [
            "id": "1", "cloud_service_type": sold["service_code"] ?? .null,
            "resource_type": sold["resource_code"] ?? .null,
            "resource_spec": .string(flavor), "region": .string(server.credentials.region), "usage_factor": "Duration",
            "usage_value": .decimal(try Self.decimal(hours)), "usage_measure_id": 4,
            "subscription_num": JSONValue(nodes),
        ]
        let answer = try await server.send(
            .POST, "/v2/bills/ratings/on-demand-resources",
            ["project_id": .string(server.project), "inquiry_precision": 1, "product_infos": [question]])
        output.show(
            answer,
            fields: [
                Output.Column("amount", "amount"), Output.Column("currency", "currency"),
                Output.Column("for") { _ in "\(hours) h of \(nodes) × \(flavor) (\(product))" },
            ])
    }

    /// A plain decimal as it may stand in JSON.
    private static func decimal(_ text: String) throws(Fault) -> String {
        guard let value = try? JSONValue(parsing: Array(text.utf8)), case .number(let number) = value else {
            throw Fault(.invalidParameter, "\(text) is no decimal number; write it as 2.5.", field: "--hours")
        }
        return number
    }
}

struct ReloadPrices: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload", abstract: "Put the price books in the data folder in force (operator).")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.send(.POST, "/atelier/v1/price-books/reload")
        output.show(
            answer["books"]?.array ?? [], whole: answer,
            columns: [Output.Column("book", "id"), Output.Column("edition", "version")],
            empty: "There are no price books.")
    }
}
