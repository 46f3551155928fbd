import ArgumentParser
import NIOHTTP1
import Wire

/// `atelier model …`
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model", abstract: "Models that services are deployed from.",
        subcommands: [CreateModel.self, ListModels.self, ShowModel.self, DeleteModel.self])
}

/// A model as the command line shows it.
enum ModelView {
    static func path(_ server: ServerClient, _ id: String = "") -> String {
        "/v1/\(server.project)/models" + (id.isEmpty ? "" : "/" + ServerClient.encoded(id))
    }

    static let columns = [
        Output.Column("id", "model_id"), Output.Column("name", "model_name"), Output.Column("version", "model_version"),
        Output.Column("status", "model_status"), Output.Column("type", "model_type"),
        Output.Column("bytes", "model_size", isNumber: true),
        Output.Column("created") { Output.time($0, at: "create_at") },
    ]

    static let fields = [
        Output.Column("id", "model_id"), Output.Column("name", "model_name"), Output.Column("version", "model_version"),
        Output.Column("status", "model_status"), Output.Column("reason", "failed_reason"),
        Output.Column("type", "model_type"), Output.Column("runtime", "runtime"),
        Output.Column("source", "source_location"), Output.Column("job", "source_job_id"),
        Output.Column("bytes", "model_size", isNumber: true), Output.Column("what", "description"),
        Output.Column("metrics", "model_metrics"), Output.Column("created") { Output.time($0, at: "create_at") },
    ]

    /// Waits until a model is there or cannot be.
    static func wait(for id: String, _ server: ServerClient) async throws -> JSONValue {
        while true {
            let model = try await server.get(path(server, id))
            switch Output.text(model, at: "model_status") {
            case "publishing": try await Task.sleep(for: .milliseconds(100))
            case "published": return model
            default:
                Terminal.error("atelier: the model could not be taken up: \(Output.text(model, at: "failed_reason"))")
                throw ExitCode(1)
            }
        }
    }
}

struct CreateModel: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Take up a model from a bucket or from a training job; its id is printed.",
        discussion: """
            atelier model create --name digits --version 1.0.0 --from obs://lab/digits/model/
            atelier model create --name digits --version 1.0.1 --job JOB
            """)

    @OptionGroup var client: ClientOptions
    @Option(help: "Letters, digits, hyphens, underscores.") var name: String
    @Option(help: "Three numbers, such as 1.0.0.") var version = "1.0.0"
    @Option(help: "The folder of a bucket that holds the model, or a package with model/.") var from: String?
    @Option(help: "The training job that made it; without --from, its first output is taken.") var job: String?
    @Option(help: "Its kind, such as Scikit_Learn, XGBoost, PyTorch or Custom.") var type: String?
    @Option(help: "What runs it; see atelier engine list.") var runtime: String?
    @Option(help: "A few words.") var description: String?
    @Flag(help: "Do not wait until it is published.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        var body: JSONObject = ["model_name": .string(name), "model_version": .string(version)]
        let given = [
            ("source_location", from), ("source_job_id", job), ("model_type", type), ("runtime", runtime),
            ("description", description),
        ]
        for (name, value) in given { if let value { body[name] = .string(value) } }
        let id = Output.text(try await server.send(.POST, ModelView.path(server), .object(body)), at: "model_id")
        let model =
            noWait
            ? try await server.get(ModelView.path(server, id)) : try await ModelView.wait(for: id, server)
        if output.format == .table { return Terminal.line(id) }
        output.show(model, fields: ModelView.fields)
    }
}

struct ListModels: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List models.")

    @OptionGroup var client: ClientOptions
    @Option(help: "Only those whose name contains this.") var name: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(ModelView.path(server), [("model_name", name)])
        output.show(
            answer["models"]?.array ?? [], whole: answer, columns: ModelView.columns,
            empty: "There are no models; atelier model create takes one up.")
    }
}

struct ShowModel: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a model.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The model's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await server.get(ModelView.path(server, id)), fields: ModelView.fields)
    }
}

struct DeleteModel: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete models that no service uses.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The models' ids.") var ids: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        for id in ids {
            let answer = try await server.send(.DELETE, ModelView.path(server, id))
            if let kept = answer["delete_failed_list"]?.array?.first {
                Terminal.error("atelier: \(Output.text(kept, at: "error_msg"))")
                throw ExitCode(3)
            }
            Terminal.line(id)
        }
    }
}
