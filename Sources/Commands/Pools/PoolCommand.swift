import ArgumentParser
import NIOHTTP1
import Wire

/// `atelier pool …`
struct PoolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pool", abstract: "What work runs on: the public pool, and nodes of one's own.",
        subcommands: [
            CreatePool.self, ListPools.self, ShowPool.self, ResizePool.self, ListPoolWork.self, DeletePool.self,
        ])
}

struct CreatePool: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Take nodes for this project alone; they cost until the pool is deleted.",
        discussion: """
            atelier pool create --name lab-pool --flavor modelarts.vm.cpu.1u --nodes 1
            What runs on it, with --pool lab-pool, costs nothing more.
            """)

    @OptionGroup var client: ClientOptions
    @Option(help: "4 to 30 lower-case letters, digits, hyphens.") var name: String
    @Option(help: "What each node is; see atelier flavor list.") var flavor: String
    @Option(help: "How many nodes.") var nodes: Int64 = 1
    @Option(help: "What may run on it: Train, Infer, Notebook; several are written one by one, all without it.")
    var scope: [String] = []
    @Option(help: "A few words.") var description: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        var metadata: JSONObject = ["labels": ["os.modelarts/name": .string(name)]]
        if let description { metadata["annotations"] = ["os.modelarts/description": .string(description)] }
        var spec: JSONObject = [
            "type": "Dedicate", "resources": [["flavor": .string(flavor), "count": JSONValue(nodes)]],
        ]
        if !scope.isEmpty { spec["scope"] = .array(scope.map { .string($0) }) }
        let pool = try await server.send(
            .POST, PoolView.path(server),
            ["apiVersion": "v2", "kind": "Pool", "metadata": .object(metadata), "spec": .object(spec)])
        if output.format == .table {
            Terminal.line(Output.text(pool, at: "metadata.name"))
        } else {
            output.show(pool, fields: PoolView.fields)
        }
    }
}

struct ListPools: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List the project's own pools.")

    @OptionGroup var client: ClientOptions

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(PoolView.path(server))
        output.show(
            answer["items"]?.array ?? [], whole: answer, columns: PoolView.columns,
            empty: "There is no dedicated pool; all work runs on the public one.")
    }
}

struct ShowPool: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show a dedicated pool, or what the public pool holds.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The pool's id or name; the public pool without it.") var pool: String?

    func run(_ server: ServerClient, _ output: Output) async throws {
        if let pool {
            return output.show(try await server.get(try await PoolView.path(server, pool)), fields: PoolView.fields)
        }
        output.show(
            try await server.get("/atelier/v1/pool"),
            fields: [
                Output.Column("vcpu") { pool in String((pool["cpu_millicores"]?.integer ?? 0) / 1_000) },
                Output.Column("memory") { pool in "\((pool["memory_bytes"]?.integer ?? 0) >> 20) MiB" },
                Output.Column("accelerators") { pool in
                    let names = (pool["accelerators"]?.array ?? []).compactMap { $0["name"]?.string }
                    return names.isEmpty ? "none" : names.joined(separator: ", ")
                },
            ])
    }
}

struct ResizePool: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize", abstract: "Give a pool more nodes or fewer; its fee changes at the same second.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The pool's id or name.") var pool: String
    @Option(help: "Nodes that it is to have.") var nodes: Int64

    func run(_ server: ServerClient, _ output: Output) async throws {
        let path = try await PoolView.path(server, pool)
        let present = try await server.get(path)
        let flavor = present["spec"]?["resources"]?.array?.first?["flavor"] ?? .null
        let changed = try await server.send(
            .PATCH, path, ["spec": ["resources": [["flavor": flavor, "count": JSONValue(nodes)]]]])
        output.show(changed, fields: PoolView.fields)
    }
}

struct ListPoolWork: ClientCommand {
    static let configuration = CommandConfiguration(commandName: "workloads", abstract: "List what is on a pool.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The pool's id or name.") var pool: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        let answer = try await server.get(try await PoolView.path(server, pool) + "/workloads")
        output.show(
            answer["items"]?.array ?? [], whole: answer, columns: PoolView.workColumns, empty: "Nothing is on it.")
    }
}

struct DeletePool: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Give pools back; what runs on them must be stopped first, their bills stay.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "The pools' ids or names.") var pools: [String]

    func run(_ server: ServerClient, _ output: Output) async throws {
        for pool in pools {
            let gone = try await server.send(.DELETE, try await PoolView.path(server, pool))
            Terminal.line(Output.text(gone, at: "metadata.name"))
        }
    }
}

/// On which pool something is to run.
struct PoolOption: ParsableArguments {
    @Option(help: "The dedicated pool, by id or name, where it costs nothing more; the public pool without it.")
    var pool: String?

    func id(_ server: ServerClient) async throws -> JSONValue? {
        guard let pool else { return nil }
        return .string(try await PoolView.id(of: pool, server))
    }
}
