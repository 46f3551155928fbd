import ArgumentParser
import NIOHTTP1
import Wire

/// `atelier account …`
struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Accounts and their money.",
        subcommands: [ShowAccountBalance.self, TopUp.self, CreateAccount.self, ListAccounts.self])
}

/// A balance as the command line shows it.
private let balanceFields = [
    Output.Column("account", "account_id"), Output.Column("currency", "currency"), Output.Column("cash", "cash"),
    Output.Column("credit limit", "credit_limit"), Output.Column("credit drawn", "credit_drawn"),
    Output.Column("arrears", "arrears"), Output.Column("reserved", "held"),
    Output.Column("unbilled", "unbilled"), Output.Column("available", "available"),
]

struct ShowAccountBalance: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance", abstract: "Show what you have, owe and hold.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await server.get("/atelier/v1/balance"), fields: balanceFields)
    }
}

struct TopUp: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "top-up", abstract: "Put money into an account (operator).")

    @OptionGroup var client: ClientOptions
    @Argument(help: "A decimal greater than zero.") var amount: String
    @Option(help: "The account (default: your own).") var account: String?
    @Option(help: "A key of your own: with the same key the money counts once.") var idempotencyKey: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        let id = account ?? server.credentials.account
        let answer = try await server.send(
            .POST, "/atelier/v1/accounts/\(ServerClient.encoded(id))/top-ups", ["amount": .string(amount)],
            headers: idempotencyKey.map { [("Idempotency-Key", $0)] } ?? [])
        output.show(answer, fields: balanceFields)
    }
}

struct CreateAccount: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Open an account with its administrator (operator); its key is told once.")

    @OptionGroup var client: ClientOptions
    @Option var name: String
    @Option(help: "Its administrator's name.") var user = "admin"
    @Option(help: "8 characters or more.") var password: String
    @Option(help: "The price book it is billed by.") var book: String?
    @Option(help: "What it may owe.") var creditLimit: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        var body: JSONObject = ["name": .string(name), "user_name": .string(user), "password": .string(password)]
        if let book { body["book"] = .string(book) }
        if let creditLimit { body["credit_limit"] = .string(creditLimit) }
        output.show(
            try await server.send(.POST, "/atelier/v1/accounts", .object(body)),
            fields: [
                Output.Column("account", "account.id"), Output.Column("project", "project.id"),
                Output.Column("user", "user.id"), Output.Column("access key", "access_key"),
                Output.Column("secret key", "secret_key"),
            ])
    }
}

struct ListAccounts: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the accounts (operator).")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get("/atelier/v1/accounts")
        output.show(
            answer["items"]?.array ?? [], whole: answer,
            columns: [Output.Column("id", "id"), Output.Column("name", "name")], empty: "There are no accounts.")
    }
}
