import ArgumentParser
import NIOHTTP1
import Wire

/// `atelier service …`
struct ServiceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service", abstract: "Models that answer calls.",
        subcommands: [
            DeployService.self, BatchService.self, ListServices.self, ShowService.self, CallService.self,
            ScaleService.self,
            SplitService.self, StartService.self, StopService.self, DeleteService.self, ServiceLog.self,
            ServiceEvents.self, RollBackService.self, ServiceTop.self,
        ])
}

struct DeployService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Deploy a model as a service; its id is printed.",
        discussion: """
            atelier service deploy --name digits --model MODEL --flavor modelarts.vm.cpu.0.5u --stop-after 1h
            atelier service deploy --name digits --model OLD=90 --model NEW=10 --flavor modelarts.vm.cpu.0.5u
            """)

    @OptionGroup var client: ClientOptions
    @Option(help: "Letters, digits, hyphens, underscores.") var name: String
    @Option(help: "A model's id; several share the calls as ID=WEIGHT, and the weights sum to 100.") var model: [String]
    @Option(help: "What each instance runs on; see atelier flavor list.") var flavor: String
    @OptionGroup var pool: PoolOption
    @Option(help: "Instances of each model.") var instances: Int64 = 1
    @Option(help: "NAME=VALUE that the instances see.") var env: [String] = []
    @Option(help: "Stop it by itself after so long: 30m, 2h, 1d.") var stopAfter: String?
    @Option(help: "Calls that may begin in a second.") var rate: Int64?
    @Option(help: "Calls that may be answered at the same time.") var concurrency: Int64?
    @Option(help: "A few words.") var description: String?
    @Flag(help: "Do not wait until it answers.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        var body: JSONObject = [
            "service_name": .string(name), "infer_type": "real-time", "config": .array(try configs()),
        ]
        if let pool = try await pool.id(server) { body["pool_name"] = pool }
        if let description { body["description"] = .string(description) }
        if let stopAfter { body["schedule"] = [try Self.schedule(stopAfter)] }
        let limits = [("requests_per_second", rate), ("concurrency", concurrency)]
            .compactMap { name, value in value.map { (name: name, value: JSONValue($0)) } }
        if !limits.isEmpty { body["limits"] = .object(JSONObject(limits)) }
        let made = try await server.send(.POST, ServiceView.path(server), .object(body))
        let id = Output.text(made, at: "service_id")
        if output.format == .table { Terminal.line(id) }
        let service =
            noWait
            ? try await server.get(ServiceView.path(server, id))
            : try await ServiceView.wait(for: id, toBe: ["running"], server)
        if output.format != .table { output.show(service, fields: ServiceView.fields) }
    }

    private func configs() throws -> [JSONValue] {
        var envs = JSONObject()
        for pair in env {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else { throw ValidationError("Write --env as NAME=VALUE, not \(pair).") }
            envs[String(parts[0])] = .string(String(parts[1]))
        }
        return try model.map { text in
            let parts = text.split(separator: "=", maxSplits: 1)
            guard let weight = parts.count == 2 ? Int64(parts[1]) : model.count == 1 ? 100 : nil else {
                throw ValidationError("Write each --model as ID=WEIGHT, such as \(parts.first ?? "ID")=50.")
            }
            return [
                "model_id": .string(String(parts.first ?? "")), "weight": JSONValue(weight),
                "specification": .string(flavor), "instance_count": JSONValue(instances), "envs": .object(envs),
            ]
        }
    }

    /// ModelArts' schedule of a duration such as `90m`.
    private static func schedule(_ text: String) throws -> JSONValue {
        let units = ["m": "MINUTES", "h": "HOURS", "d": "DAYS"]
        guard let unit = text.last.flatMap({ units[String($0)] }), let count = Int64(text.dropLast()), count > 0 else {
            throw ValidationError("Write --stop-after as 30m, 2h or 1d, not \(text).")
        }
        return ["type": "stop", "time_unit": .string(unit), "duration": JSONValue(count)]
    }
}

struct BatchService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch", abstract: "Send every file of a bucket's folder, or every row, through a model.",
        discussion: """
            atelier service batch --name all --model MODEL --flavor modelarts.vm.cpu.0.5u \\
                --from obs://lab/pictures/ --to obs://lab/answers/
            """)

    @OptionGroup var client: ClientOptions
    @Option(help: "Letters, digits, hyphens, underscores.") var name: String
    @Option(help: "The model's id.") var model: String
    @Option(help: "What each instance runs on; see atelier flavor list.") var flavor: String
    @OptionGroup var pool: PoolOption
    @Option(help: "A folder of a bucket, an object, or a .manifest that lists objects.") var from: String
    @Option(help: "The folder of a bucket that the answers go to.") var to: String
    @Option(help: "The path that is asked.") var path = "/"
    @Option(help: "A file with the rule that makes a body of a row of CSV; see docs/services.md.") var rule: String?
    @Option(help: "Instances that share the work.") var instances: Int64 = 1
    @Flag(help: "Do not wait until it is finished.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        var config: JSONObject = [
            "model_id": .string(model), "specification": .string(flavor), "instance_count": JSONValue(instances),
            "src_path": .string(from), "dest_path": .string(to), "req_uri": .string(path),
            "mapping_type": rule == nil ? "file" : "csv",
        ]
        if let rule { config["mapping_rule"] = try JSONValue(parsing: TextFile.read(rule)) }
        var body: JSONObject = [
            "service_name": .string(name), "infer_type": "batch", "config": .array([.object(config)]),
        ]
        if let pool = try await pool.id(server) { body["pool_name"] = pool }
        let made = try await server.send(.POST, ServiceView.path(server), .object(body))
        let id = Output.text(made, at: "service_id")
        if output.format == .table { Terminal.line(id) }
        let service =
            noWait
            ? try await server.get(ServiceView.path(server, id))
            : try await ServiceView.wait(for: id, toBe: ["finished"], server)
        if output.format != .table { return output.show(service, fields: ServiceView.fields) }
        let reason = Output.text(service, at: "error_msg")
        if !noWait, !reason.isEmpty {
            Terminal.error("atelier: \(reason)")
            throw ExitCode(1)
        }
    }
}

struct ListServices: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List services.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(ServiceView.path(server))
        output.show(
            answer["services"]?.array ?? [], whole: answer, columns: ServiceView.columns,
            empty: "There are no services; atelier service deploy makes one.")
    }
}

struct ShowService: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Show a service.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The service's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        output.show(try await server.get(ServiceView.path(server, id)), fields: ServiceView.fields)
    }
}

struct CallService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "call", abstract: "Send a service a request and print its answer.",
        discussion: """
            atelier service call ID --body '{"instances": [[0, 1, 2]]}'
            atelier service call ID --file request.json --path /v2/models/digits/infer
            """)

    @OptionGroup var client: ClientOptions
    @Argument(help: "The service's id.") var id: String
    @Option(help: "The body, JSON.") var body: String?
    @Option(help: "A file that holds the body.") var file: String?
    @Option(help: "The path behind the service's address.") var path = "/"

    func validate() throws {
        guard body == nil || file == nil else { throw ValidationError("Give --body or --file, not both.") }
        guard path.hasPrefix("/") else { throw ValidationError("A path begins with a slash.") }
    }

    func run(_ server: ServerClient, _ output: Output) async throws {
        let content = try file.map { try TextFile.read($0) } ?? body.map { Array($0.utf8) }
        let target = "/v1/infers/\(ServerClient.encoded(id))" + path
        Terminal.bytes(try await server.call(target, body: content))
        Terminal.line("")
    }
}

struct ScaleService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "scale", abstract: "Change how many instances a service has.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The service's id.") var id: String
    @Argument(help: "Instances of each model, or of --model.") var instances: Int64
    @Option(help: "Only this model of it.") var model: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await ServiceView.change(id, server, output) { config in
            if model == nil || Output.text(.object(config), at: "model_id") == model {
                config["instance_count"] = JSONValue(instances)
            }
        }
    }
}

struct SplitService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "split", abstract: "Share a service's calls out among its models anew.",
        discussion: "atelier service split ID OLD=50 NEW=50")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The service's id.") var id: String
    @Argument(help: "MODEL=WEIGHT for each of its models; the weights sum to 100.") var shares: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        var weights: [String: Int64] = [:]
        for share in shares {
            let parts = share.split(separator: "=", maxSplits: 1)
            guard parts.count == 2, let weight = Int64(parts[1]) else {
                throw ValidationError("Write a share as MODEL=WEIGHT, not \(share).")
            }
            weights[String(parts[0])] = weight
        }
        try await ServiceView.change(id, server, output) { config in
            if let weight = weights[Output.text(.object(config), at: "model_id")] {
                config["weight"] = JSONValue(weight)
            }
        }
    }
}

struct StartService: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "start", abstract: "Start services.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The services' ids.") var ids: [String]
    @Flag(help: "Do not wait until they answer.") var noWait = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        for id in ids {
            _ = try await server.send(.PUT, ServiceView.path(server, id), ["status": "running"])
            if !noWait { _ = try await ServiceView.wait(for: id, toBe: ["running"], server) }
            Terminal.line(id)
        }
    }
}

struct StopService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop services; they cost nothing then.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The services' ids.") var ids: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        for id in ids {
            _ = try await server.send(.PUT, ServiceView.path(server, id), ["status": "stopped"])
            _ = try await ServiceView.wait(for: id, toBe: ["stopped"], server)
            Terminal.line(id)
        }
    }
}

struct DeleteService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Delete services; what runs of them is stopped.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The services' ids.") var ids: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await server.delete(ids) { id in ServiceView.path(server, id) }
    }
}

struct ServiceLog: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "logs", abstract: "Print what an instance of a service has written.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The service's id.") var id: String
    @Option(help: "The instance's id; the newest one without it.") var instance: String?
    @Option(help: "Only about so many bytes from the end.") var tail: Int64?

    func run(_ server: ServerClient, _ output: Output) async throws {
        try await LogReading(server: server, service: id, instance: instance).write(tail: tail)
    }
}

struct ServiceEvents: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "events", abstract: "Show what happened to a service, the newest first.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The service's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(ServiceView.path(server, id) + "/events", [("limit", "50")])
        output.show(
            answer["events"]?.array ?? [], whole: answer,
            columns: [
                Output.Column("time") { Output.time($0, at: "occur_time") }, Output.Column("kind", "event_type"),
                Output.Column("what", "event_info"),
            ],
            empty: "Nothing has happened yet.")
    }
}

struct RollBackService: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Bring back what a service ran before its last change.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The service's id.") var id: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let updates = try await server.get(ServiceView.path(server, id) + "/logs")["logs"]?.array ?? []
        let good = updates.filter { Output.text($0, at: "result") == "SUCCESS" }
        guard good.count > 1, let configs = good[1]["config"] else {
            Terminal.error("atelier: the service has run nothing else before.")
            throw ExitCode(1)
        }
        try await ServiceView.put(configs, id, server, output)
    }
}
