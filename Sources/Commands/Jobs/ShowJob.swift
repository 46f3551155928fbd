import ArgumentParser
import NIOHTTP1
import Wire

struct ShowJob: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a training job.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The job's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await server.get(Job.path(server, id)), fields: Job.fields)
    }
}

struct StopJob: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a training job; what it has saved so far is kept.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The job's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let job = try await server.send(.POST, Job.path(server, id) + "/actions", ["action_type": "terminate"])
        output.show(job, fields: Job.fields)
    }
}

struct DeleteJob: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete training jobs; one that runs is stopped first, and its bill stays.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The jobs' ids.") var ids: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await server.delete(ids) { id in Job.path(server, id) }
    }
}
