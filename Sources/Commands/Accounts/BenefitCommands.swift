import ArgumentParser
import NIOHTTP1
import Wire

/// `atelier coupon …`
struct CouponCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coupon", abstract: "Money for some product until some time.",
        subcommands: [GrantCouponVerb.self, ListCoupons.self])
}

/// `atelier package …`
struct PackageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "package", abstract: "Use that is bought in advance.",
        subcommands: [BuyPackage.self, GrantPackage.self, ListPackages.self])
}

private let couponColumns = [
    Output.Column("id", "id"), Output.Column("name", "name"), Output.Column("product", "product"),
    Output.Column("left", "left", isNumber: true), Output.Column("granted", "granted", isNumber: true),
    Output.Column("state", "state"),
]
private let couponFields =
    couponColumns + [Output.Column("from", "valid_from"), Output.Column("until", "valid_until")]

private let packageColumns = [
    Output.Column("id", "id"), Output.Column("name", "name"), Output.Column("product", "product"),
    Output.Column("left", "left", isNumber: true), Output.Column("size", "size", isNumber: true),
    Output.Column("unit", "unit"), Output.Column("state", "state"),
]
private let packageFields =
    packageColumns + [
        Output.Column("flavor", "flavor"), Output.Column("from", "effective_from"),
        Output.Column("until", "expires_at"), Output.Column("price", "price"),
    ]

struct GrantCouponVerb: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Grant an account a coupon (operator).")

    @OptionGroup var client: ClientOptions
    @Argument(help: "A decimal greater than zero.") var amount: String
    @Option(help: "What it is called.") var name: String
    @Option(help: "When it expires, 2026-12-31T00:00:00+08:00.") var until: String
    @Option(help: "From when it is valid (default: now).") var from: String?
    @Option(help: "The one product it pays for (default: all).") var product: String?
    @Option(help: "The account (default: your own).") var account: String?
    @Option(help: "A key of your own: with the same key the coupon counts once.") var idempotencyKey: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        var body: JSONObject = ["name": .string(name), "amount": .string(amount), "valid_until": .string(until)]
        if let from { body["valid_from"] = .string(from) }
        if let product { body["product"] = .string(product) }
        let answer = try await server.send(
            .POST, server.benefits("coupons", of: account), .object(body),
            headers: idempotencyKey.map { [("Idempotency-Key", $0)] } ?? [])
        output.show(answer, fields: couponFields)
    }
}

struct ListCoupons: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List coupons with what is left of each.")

    @OptionGroup var client: ClientOptions
    @Option(help: "The account (default: your own).") var account: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(server.benefits("coupons", of: account))
        output.show(
            answer["items"]?.array ?? [], whole: answer, columns: couponColumns, empty: "There are no coupons.")
    }
}

/// What a package is.
struct PackageOptions: ParsableArguments {
    @Option(help: "What it is called.") var name: String
    @Option(help: "The product it is for.") var product: String
    @Option(help: "The one flavor it is for (default: all).") var flavor: String?
    @Option(help: "Units of the product, such as hours.") var size: String
    @Flag(help: "The size is for each calendar month; what a month leaves lapses.") var monthly = false
    @Option(help: "The clock hour it begins with (default: the present one).") var from: String?
    @Option(help: "The clock hour it expires with (default: the end of the month).") var until: String?
    @Option(help: "The account (default: your own).") var account: String?
    @Option(help: "A key of your own: with the same key the package counts once.") var idempotencyKey: String?

    func post(to server: ServerClient, price: String?, _ output: Output) async throws {
        var body: JSONObject = ["name": .string(name), "product": .string(product), "size": .string(size)]
        if monthly { body["monthly"] = .bool(true) }
        for (key, value) in [("flavor", flavor), ("effective_from", from), ("expires_at", until), ("price", price)] {
            if let value { body[key] = .string(value) }
        }
        let answer = try await server.send(
            .POST, server.benefits("packages", of: account), .object(body),
            headers: idempotencyKey.map { [("Idempotency-Key", $0)] } ?? [])
        output.show(answer, fields: packageFields)
    }
}

struct BuyPackage: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "buy", abstract: "Sell an account a package; its price is paid at once (operator).")

    @OptionGroup var client: ClientOptions
    @OptionGroup var package: PackageOptions
    @Option(help: "What is paid for it.") var price: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await package.post(to: server, price: price, output)
    }
}

struct GrantPackage: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "grant", abstract: "Give an account a package (operator).")

    @OptionGroup var client: ClientOptions
    @OptionGroup var package: PackageOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await package.post(to: server, price: nil, output)
    }
}

struct ListPackages: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List packages with what is left of each.")

    @OptionGroup var client: ClientOptions
    @Option(help: "The account (default: your own).") var account: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(server.benefits("packages", of: account))
        output.show(
            answer["items"]?.array ?? [], whole: answer, columns: packageColumns, empty: "There are no packages.")
    }
}

extension ServerClient {
    fileprivate func benefits(_ kind: String, of account: String?) -> String {
        "/atelier/v1/accounts/\(Self.encoded(account ?? credentials.account))/\(kind)"
    }
}
