import ArgumentParser
import NIOHTTP1
import Wire

struct ListJobs: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List training jobs, the newest first.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Only jobs in this phase, such as Running.") var phase: [String] = []
    @Option(help: "Only jobs whose name holds this text.") var name: String?
    @Option(help: "How many.") var limit = 20
    @Option(help: "How many to skip.") var offset = 0

    func run(_ server: ServerClient, _ output: Output) async throws {
        var filters: [JSONValue] = []
        if !phase.isEmpty {
            filters.append(["key": "phase", "operator": "in", "value": .array(phase.map { .string($0) })])
        }
        if let name { filters.append(["key": "name", "operator": "like", "value": [.string(name)]]) }
        let answer = try await server.send(
            .POST, "/v2/\(server.project)/training-job-searches",
            [
                "offset": JSONValue(offset), "limit": JSONValue(limit), "sort_by": "create_time", "order": "desc",
                "filters": .array(filters),
            ])
        output.show(
            answer["items"]?.array ?? [], whole: answer, columns: Job.columns,
            empty: "There are no such jobs; atelier job create makes one.")
    }
}
