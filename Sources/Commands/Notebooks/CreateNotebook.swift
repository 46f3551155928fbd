import ArgumentParser
import NIOHTTP1
import Wire

struct CreateNotebook: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a notebook and start it; its id is printed.",
        discussion: """
            atelier notebook create --name mine --flavor modelarts.vm.cpu.1u --size 10 --stop-idle 2
            """)

    @OptionGroup var client: ClientOptions
    @OptionGroup var lease: LeaseOptions
    @OptionGroup var pool: PoolOption
    @Option(help: "Letters, digits, hyphens, underscores.") var name: String
    @Option(help: "What it runs on; see atelier flavor list.") var flavor: String
    @Option(help: "The image: an id, a name, or organization/name:tag; see atelier image list.") var image =
        "jupyterlab"
    @Option(help: "Gigabytes of its volume, 5 to 4096.") var size: Int64 = 5
    @Option(help: "A few words.") var description: String?
    @Flag(help: "Do not wait until it runs.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        var body: JSONObject = [
            "name": .string(name), "flavor": .string(flavor), "image_id": .string(image), "feature": "NOTEBOOK",
            "volume": ["category": "EVS", "ownership": "MANAGED", "capacity": JSONValue(size)],
        ]
        if let pool = try await pool.id(server) { body["pool_id"] = pool }
        if let description { body["description"] = .string(description) }
        if let lease = lease.json { body["lease"] = lease }
        var notebook = try await server.send(.POST, NotebookView.path(server), .object(body))
        let id = Output.text(notebook, at: "id")
        if output.format == .table { Terminal.line(id) }
        if !noWait { notebook = try await NotebookView.wait(for: id, toBe: ["RUNNING"], server) }
        if output.format != .table { output.show(notebook, fields: NotebookView.fields) }
    }
}
