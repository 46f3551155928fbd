import ArgumentParser
import Kernel
import NIOHTTP1
import Wire

struct CreateJob: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Create a training job; its id is printed.",
        discussion: """
            atelier job create --name digits --engine scikit-learn --flavor modelarts.vm.cpu.2u \\
                --code obs://digits/code/ --boot train.py --parameter epochs=10 --output-to model=obs://digits/out/
            """)

    @OptionGroup var client: ClientOptions
    @OptionGroup var pool: PoolOption
    @Option(help: "Letters, digits, hyphens, underscores.") var name: String
    @Option(help: "The runtime: an engine's name or id.") var engine: String
    @Option(help: "What it runs on; see atelier flavor list.") var flavor: String
    @Option(help: "The code folder, obs://bucket/folder/.") var code: String?
    @Option(help: "The Python file in the code folder that is started.") var boot: String?
    @Option(help: "A shell command, instead of --boot.") var command: String?
    @Option(help: "Passed to the program as --NAME VALUE.") var parameter: [KeyValue] = []
    @Option(help: "An environment variable.") var env: [KeyValue] = []
    @Option(help: "A folder to read: NAME=obs://bucket/folder/, passed as --NAME FOLDER.") var input: [KeyValue] = []
    @Option(help: "A folder to write: NAME=obs://bucket/folder/, passed as --NAME FOLDER.") var outputTo: [KeyValue] =
        []
    @Option(help: "Where the log is copied at the end, obs://bucket/folder/.") var log: String?
    @Option(help: "Stop after so many hours of running.") var autoStop: Int64?
    @Option(help: "A few words.") var description: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        let made = try await server.send(
            .POST, "/v2/\(server.project)/training-jobs", body(on: try await pool.id(server)))
        if output.format == .table {
            Terminal.line(Output.text(made, at: "metadata.id"))
        } else {
            output.show(made, fields: Job.fields)
        }
    }

    private func body(on pool: JSONValue?) -> JSONValue {
        var metadata: JSONObject = ["name": .string(name)]
        if let description { metadata["description"] = .string(description) }
        // An id holds a version, an image its organization; a name neither.
        let isID = engine.utf8.contains { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "/") }
        var algorithm: JSONObject = ["engine": .object([isID ? "engine_id" : "engine_name": .string(engine)])]
        if let code { algorithm["code_dir"] = .string(code) }
        if let boot { algorithm["boot_file"] = .string(boot) }
        if let command { algorithm["command"] = .string(command) }
        algorithm["parameters"] = .array(parameter.map { ["name": .string($0.key), "value": .string($0.value)] })
        algorithm["environments"] = .object(JSONObject(env.map { (name: $0.key, value: .string($0.value)) }))
        algorithm["inputs"] = .array(input.map(Self.channel))
        algorithm["outputs"] = .array(outputTo.map(Self.channel))
        var resource: JSONObject = ["flavor_id": .string(flavor), "node_count": 1]
        if let pool { resource["pool_id"] = pool }
        var spec: JSONObject = ["resource": .object(resource)]
        if let log { spec["log_export_path"] = ["obs_url": .string(log)] }
        if let autoStop { spec["auto_stop"] = ["time_unit": "HOURS", "duration": JSONValue(autoStop)] }
        return [
            "kind": "job", "metadata": .object(metadata), "algorithm": .object(algorithm), "spec": .object(spec),
        ]
    }

    private static func channel(_ pair: KeyValue) -> JSONValue {
        ["name": .string(pair.key), "access_method": "parameter", "remote": ["obs": ["obs_url": .string(pair.value)]]]
    }
}

/// `NAME=VALUE` on the command line.
struct KeyValue: ExpressibleByArgument, Sendable {
    let key: String
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
        key = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}
