import ArgumentParser
import NIOHTTP1
import Wire

struct ListNotebooks: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List notebooks, the newest first, and what each costs an hour as it stands.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Only notebooks in this status, such as RUNNING.") var status: String?
    @Option(help: "Only notebooks whose name holds this text.") var name: String?
    @Option(help: "How many.") var limit = 20
    @Option(help: "How many to skip.") var offset = 0

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(
            NotebookView.path(server),
            [("status", status), ("name", name), ("limit", String(limit)), ("offset", String(offset))])
        output.show(
            answer["data"]?.array ?? [], whole: answer, columns: NotebookView.columns,
            empty: "There are no such notebooks; atelier notebook create makes one.")
    }
}

struct ShowNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a notebook, what it costs as it stands, and when it stops by itself.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The notebook's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let notebook = try await server.get(NotebookView.path(server, id))
        output.show(notebook, fields: NotebookView.fields)
        guard output.format == .table, NotebookView.status(notebook) == "RUNNING" else { return }
        let lease = try await server.get(NotebookView.path(server, id) + "/lease")
        let left = (Int64(Output.text(lease, at: "remaining")) ?? 0) / 1_000
        let use = Output.text(lease, at: "is_busy") == "yes" ? "; a cell runs now" : ""
        Terminal.error("It stops by itself in \(Output.duration(left))\(use).")
    }
}

struct OpenNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Print the address that opens a notebook; one that rests is started with --start.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The notebook's id.") var id: String
    @Flag(help: "Start it if it does not run.") var start = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        var notebook = try await server.get(NotebookView.path(server, id))
        let rests = ["STOPPED", "CREATE_FAILED", "START_FAILED", "ERROR", "FROZEN"]
        if start, rests.contains(NotebookView.status(notebook)) {
            _ = try await server.send(.POST, NotebookView.path(server, id) + "/start")
        }
        notebook = try await NotebookView.wait(for: id, toBe: ["RUNNING"], server)
        if output.format == .table {
            Terminal.line(NotebookView.address(notebook))
        } else {
            output.show(notebook, fields: NotebookView.fields)
        }
    }
}
