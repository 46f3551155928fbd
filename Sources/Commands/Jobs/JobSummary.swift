import ArgumentParser
import Wire

struct JobSummary: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Show in a few lines what a job did and what it costs.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The job's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let job = try await server.get(Job.path(server, id))
        let usage = try await Job.usage(server, id)
        let balance = try await server.get("/atelier/v1/balance")
        let currency = Output.text(balance, at: "currency")
        let item = usage["items"]?.array?.first ?? .null
        let unbilled = Output.text(item, at: "formula")
        let billed = Output.text(item, at: "billed_seconds")
        let formula = [
            unbilled,
            billed == "0" || billed.isEmpty ? "" : "billed already: \(Output.text(item, at: "billed")) \(currency)",
        ]
        .filter { !$0.isEmpty }.joined(separator: "; ")
        func money(_ path: String) -> String { Output.text(balance, at: path) + " " + currency }
        let record: JSONValue = [
            "phase": .string(Job.phase(job)),
            "metered": .string(
                (Output.text(item, at: "total_seconds").isEmpty ? "0" : Output.text(item, at: "total_seconds")) + " s"),
            "fee": .string(
                (Output.text(item, at: "fee").isEmpty ? "0" : Output.text(item, at: "fee")) + " " + currency),
            "formula": .string(formula.isEmpty ? "nothing was used" : formula),
            "balance": .string(money("cash") + ", of which \(Output.text(balance, at: "held")) is reserved"),
            "api": .string(server.endpoint),
        ]
        output.show(
            record,
            fields: [
                Output.Column("phase", "phase"), Output.Column("metered", "metered"),
                Output.Column("fee so far", "fee"),
                Output.Column("formula", "formula"), Output.Column("balance", "balance"), Output.Column("API", "api"),
            ])
    }
}
