import ArgumentParser
import NIOHTTP1
import Wire

struct StartNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "start", abstract: "Start a notebook, with its files as it left them.")

    @OptionGroup var client: ClientOptions
    @OptionGroup var lease: LeaseOptions
    @Argument(help: "The notebook's id.") var id: String
    @Flag(help: "Do not wait until it runs.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        var notebook = try await server.send(.POST, NotebookView.path(server, id) + "/start" + lease.query)
        if !noWait { notebook = try await NotebookView.wait(for: id, toBe: ["RUNNING"], server) }
        output.show(notebook, fields: NotebookView.fields)
    }
}

struct StopNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop a notebook: its kernels end, its files stay, and its volume costs on.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The notebook's id.") var id: String
    @Flag(help: "Do not wait until it has stopped.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        var notebook = try await server.send(.POST, NotebookView.path(server, id) + "/stop")
        if !noWait { notebook = try await NotebookView.wait(for: id, toBe: ["STOPPED"], server) }
        output.show(notebook, fields: NotebookView.fields)
    }
}

struct ResizeNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize",
        abstract: "Let a notebook's volume grow, while it runs or not, or give a stopped one another flavor.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The notebook's id.") var id: String
    @Option(help: "Gigabytes that the volume is to have.") var size: Int64?
    @Option(help: "Another flavor, for a notebook that is stopped.") var flavor: String?

    func validate() throws {
        guard size != nil || flavor != nil else { throw ValidationError("Give --size, --flavor, or both.") }
    }

    func run(_ server: ServerClient, _ output: Output) async throws {
        var body = JSONObject()
        if let size { body["storage_new_size"] = JSONValue(size) }
        if let flavor { body["flavor"] = .string(flavor) }
        let notebook = try await server.send(.PUT, NotebookView.path(server, id), .object(body))
        output.show(notebook, fields: NotebookView.fields)
    }
}

struct RenewNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew", abstract: "Renew the lease of a notebook that runs: it counts anew from now on.")

    @OptionGroup var client: ClientOptions
    @OptionGroup var lease: LeaseOptions
    @Argument(help: "The notebook's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let renewed = try await server.send(
            .PATCH, NotebookView.path(server, id) + "/lease", lease.json ?? .object(JSONObject()))
        output.show(
            renewed,
            fields: [
                Output.Column("type", "type"), Output.Column("ends") { Output.time($0, at: "expire_at") },
                Output.Column("left") { lease in
                    Output.duration((Int64(Output.text(lease, at: "remaining")) ?? 0) / 1_000)
                },
            ])
    }
}

struct DeleteNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete notebooks with their volumes; what runs is stopped first.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The notebooks' ids.") var ids: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await server.delete(ids) { id in NotebookView.path(server, id) }
    }
}
