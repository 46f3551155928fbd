import ArgumentParser
import Wire

struct UsageCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Show what is used and not billed yet, now.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Only this job.") var job: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get("/atelier/v1/usage", [("resource", job)])
        let currency = Output.text(answer, at: "currency")
        output.show(
            answer["items"]?.array ?? [], whole: answer,
            columns: [
                Output.Column("resource", "resource_name"), Output.Column("flavor", "flavor"),
                Output.Column("x", "quantity", isNumber: true),
                Output.Column("started", "started_at"), Output.Column("running", "running"),
                Output.Column("s", "total_seconds", isNumber: true),
                Output.Column("per hour", "per_hour", isNumber: true),
                Output.Column("fee \(currency)", "fee", isNumber: true),
            ], empty: "Nothing is used that is not billed already.")
    }
}
