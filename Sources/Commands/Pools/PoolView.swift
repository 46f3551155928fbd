import Kernel
import Wire

/// A dedicated pool as the command line shows it.
enum PoolView {
    /// The path of pools in the API.
    static func path(_ server: ServerClient) -> String { "/v2/\(server.project)/pools" }

    /// The path of a pool that is called by its id or by its name.
    static func path(_ server: ServerClient, _ pool: String) async throws -> String {
        "\(path(server))/\(ServerClient.encoded(try await id(of: pool, server)))"
    }

    /// The id of a pool that is called by its id or by its name.
    static func id(of pool: String, _ server: ServerClient) async throws -> String {
        let pools = try await server.get(path(server))["items"]?.array ?? []
        guard let found = pools.first(where: { [id($0), name($0)].contains(pool) }) else {
            let names = pools.map(name).joined(separator: ", ")
            throw Fault(
                .notFound, "There is no pool \(pool); " + (names.isEmpty ? "there is none yet." : "there are \(names).")
            )
        }
        return id(found)
    }

    static let columns = [
        Output.Column("name") { name($0) }, Output.Column("flavor") { resource($0, "flavor") },
        Output.Column("nodes", isNumber: true) { resource($0, "count") },
        Output.Column("for") { pool in
            (pool["spec"]?["scope"]?.array ?? []).compactMap(\.string).joined(separator: ", ")
        },
        Output.Column("vcpu free", isNumber: true) { free($0) },
        Output.Column("per hour", isNumber: true) { pool in
            "\(Output.text(pool, at: "status.price_per_hour")) \(Output.text(pool, at: "status.currency"))"
        },
    ]

    static let fields =
        [Output.Column("id") { id($0) }] + columns + [
            Output.Column("phase", "status.phase"),
            Output.Column("description") { label($0, "annotations", "os.modelarts/description") },
            Output.Column("created", "metadata.creationTimestamp"),
        ]

    static let workColumns = [
        Output.Column("id", "uid"), Output.Column("type", "type"), Output.Column("name", "jobName"),
        Output.Column("status", "status"), Output.Column("flavor", "flavor"),
        Output.Column("cpu", "resourceRequirement.cpu"), Output.Column("memory", "resourceRequirement.memory"),
    ]

    private static func id(_ pool: JSONValue) -> String { Output.text(pool, at: "metadata.name") }
    private static func name(_ pool: JSONValue) -> String { label(pool, "labels", "os.modelarts/name") }

    /// Labels have dots in their names.
    private static func label(_ pool: JSONValue, _ kind: String, _ name: String) -> String {
        pool["metadata"]?[kind]?[name]?.string ?? ""
    }

    private static func resource(_ pool: JSONValue, _ name: String) -> String {
        Output.text(pool["spec"]?["resources"]?.array?.first ?? .null, at: name)
    }

    private static func free(_ pool: JSONValue) -> String {
        let status = pool["status"]
        let free =
            (status?["capacity"]?["cpu_millicores"]?.integer ?? 0) - (status?["used"]?["cpu_millicores"]?.integer ?? 0)
        return free.isMultiple(of: 1_000) ? "\(free / 1_000)" : "\(free / 1_000).\(free % 1_000 / 100)"
    }
}
