import ArgumentParser
import Wire

/// `atelier bill …`
struct BillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bill", abstract: "What was billed, and why.",
        subcommands: [ListBill.self, ExplainBill.self, SumBill.self])
}

struct ListBill: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List bill lines, the newest hour first.")

    @OptionGroup var client: ClientOptions
    @Option(help: "A month, 2026-03.") var cycle: String?
    @Option(help: "Only lines of this job.") var job: String?
    @Option(help: "How many.") var limit = 50
    @Option(help: "How many to skip.") var offset = 0

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(
            "/atelier/v1/bills",
            [("cycle", cycle), ("resource", job), ("limit", String(limit)), ("offset", String(offset))])
        let currency = Output.text(answer, at: "currency")
        output.show(
            answer["items"]?.array ?? [], whole: answer,
            columns: [
                Output.Column("line", "id"), Output.Column("hour", "hour"), Output.Column("resource", "resource_name"),
                Output.Column("s", "seconds", isNumber: true), Output.Column("due \(currency)", "due", isNumber: true),
                Output.Column("kind", "kind"),
            ], empty: "Nothing has been billed; an hour is billed soon after it has ended. See atelier usage.")
    }
}

struct ExplainBill: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Explain a bill line down to the facts behind it.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The line's id.") var line: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get("/atelier/v1/bills/\(ServerClient.encoded(line))/explanation")
        guard output.format == .table else {
            return output.show(answer, fields: [Output.Column("line", "line.id"), Output.Column("formula", "formula")])
        }
        Terminal.line(Output.text(answer, at: "formula"))
        Terminal.line("")
        for (index, step) in (answer["steps"]?.array ?? []).enumerated() {
            Terminal.line("\(index + 1). \(step.string ?? "")")
        }
        Terminal.line("")
        Terminal.line("Facts")
        for fact in answer["facts"]?.array ?? [] {
            Terminal.line(
                "  \(Output.text(fact, at: "at"))  \(Output.text(fact, at: "kind"))"
                    + "  (\(Output.text(fact, at: "segment")) #\(Output.text(fact, at: "sequence")))"
            )
        }
        Terminal.line("Postings")
        for posting in answer["postings"]?.array ?? [] {
            let entries = (posting["entries"]?.array ?? []).map {
                "\(Output.text($0, at: "kind")) \(Output.text($0, at: "amount"))"
            }
            Terminal.line(
                "  \(Output.text(posting, at: "at"))  \(Output.text(posting, at: "kind")): "
                    + entries.joined(separator: ", ")
            )
        }
    }
}

struct SumBill: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "sum", abstract: "Sum up a month, as the billing centre does.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The month, 2026-03.") var cycle: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get("/v2/bills/customer-bills/monthly-sum", [("bill_cycle", cycle)])
        output.show(
            answer["bill_sums"]?.array ?? [], whole: answer,
            columns: [
                Output.Column("service", "service_type_name"),
                Output.Column("official", "official_amount", isNumber: true),
                Output.Column("truncated", "truncated_amount", isNumber: true),
                Output.Column("consumed", "consume_amount", isNumber: true),
            ], empty: "Nothing was billed in \(cycle).")
        if output.format == .table {
            Terminal.line("payable \(Output.text(answer, at: "consume_amount")) \(Output.text(answer, at: "currency"))")
        }
    }
}
