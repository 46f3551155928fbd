import ArgumentParser
import NIOHTTP1
import Wire

/// `atelier image …`
struct ImageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image", abstract: "What notebooks run: runtimes, and environments that were saved.",
        subcommands: [ListImages.self, SaveImage.self, ShowImage.self, DeleteImage.self])
}

/// An image as the command line shows it.
enum ImageView {
    static func path(_ server: ServerClient, _ id: String = "") -> String {
        "/v1/\(server.project)/images" + (id.isEmpty ? "" : "/" + ServerClient.encoded(id))
    }

    static let columns = [
        Output.Column("id", "id"), Output.Column("image", "swr_path"), Output.Column("status", "status"),
        Output.Column("what", "description"),
    ]

    static let fields = [
        Output.Column("id", "id"), Output.Column("image", "swr_path"), Output.Column("status", "status"),
        Output.Column("reason", "status_message"), Output.Column("what", "description"),
        Output.Column("runtime", "runtime"), Output.Column("notebook", "notebook_id"),
        Output.Column("kb", "size", isNumber: true), Output.Column("created") { Output.time($0, at: "create_at") },
    ]
}

struct ListImages: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List images.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(ImageView.path(server), [("limit", "200")])
        output.show(
            answer["data"]?.array ?? [], whole: answer, columns: ImageView.columns,
            empty: "No runtime here can run notebooks; scripts/runtime.sh jupyterlab prepares one.")
    }
}

struct ShowImage: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show an image.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The image's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await server.get(ImageView.path(server, id)), fields: ImageView.fields)
    }
}

struct SaveImage: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "save",
        abstract: "Save what a running notebook has installed as an image for notebooks and jobs; its id is printed.",
        discussion: """
            atelier image save NOTEBOOK lab/vision:1
            atelier notebook create --name mine --flavor modelarts.vm.cpu.1u --image lab/vision:1
            atelier job create --engine lab/vision:1 …
            """)

    @OptionGroup var client: ClientOptions
    @Argument(help: "The notebook's id.") var notebook: String
    @Argument(help: "What it is called: organization/name:tag.") var image: String
    @Option(help: "A few words.") var description: String?
    @Flag(help: "Do not wait until it is saved.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        let path = NotebookView.path(server, notebook)
        var saved = try await server.send(.POST, path + "/create-image", try body())
        let id = Output.text(saved, at: "id")
        if !noWait {
            _ = try await NotebookView.wait(for: notebook, toBe: ["RUNNING"], server)
            saved = try await server.get(ImageView.path(server, id))
            guard Output.text(saved, at: "status") == "ACTIVE" else {
                Terminal.error("atelier: the image could not be saved: \(Output.text(saved, at: "status_message"))")
                throw ExitCode(1)
            }
        }
        if output.format == .table { return Terminal.line(id) }
        output.show(saved, fields: ImageView.fields)
    }

    private func body() throws -> JSONValue {
        let parts = image.split(separator: "/", maxSplits: 1)
        let name = parts.last?.split(separator: ":", maxSplits: 1) ?? []
        guard parts.count == 2, name.count == 2 else {
            throw ValidationError("Name the image organization/name:tag, such as lab/vision:1.")
        }
        var body: JSONObject = [
            "namespace": .string(String(parts[0])), "name": .string(String(name[0])), "tag": .string(String(name[1])),
        ]
        if let description { body["description"] = .string(description) }
        return .object(body)
    }
}

struct DeleteImage: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete images that were saved and that nothing uses.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The images' ids.") var ids: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await server.delete(ids) { id in ImageView.path(server, id) }
    }
}
