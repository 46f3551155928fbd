import ArgumentParser
import Wire

struct ServiceTop: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "top", abstract: "Show what services are asked, over and over; Ctrl-C ends it.")

    @OptionGroup var client: ClientOptions
    @Argument(help: "Services' ids; all of them without.") var ids: [String] = []
    @Flag(help: "Show it once.") var once = false

    func run(_ server: ServerClient, _ output: Output) async throws {
        while true {
            var rows: [JSONValue] = []
            for service in try await services(server) { rows += try await models(of: service, server) }
            if !once { Terminal.clearScreen() }
            output.show(rows, whole: .array(rows), columns: Self.columns, empty: "Nothing is deployed.")
            if once { return }
            try await Task.sleep(for: .seconds(2))
        }
    }

    private func services(_ server: ServerClient) async throws -> [JSONValue] {
        let listed = try await server.get(ServiceView.path(server))["services"]?.array ?? []
        return ids.isEmpty ? listed : listed.filter { ids.contains(Output.text($0, at: "service_id")) }
    }

    /// A row for each model of a service: its last hour.
    private func models(of service: JSONValue, _ server: ServerClient) async throws -> [JSONValue] {
        let id = Output.text(service, at: "service_id")
        let monitors = try await server.get(ServiceView.path(server, id) + "/monitor")["monitors"]?.array ?? []
        return monitors.map { monitor in
            var row = monitor.object ?? JSONObject()
            row["service_name"] = service["service_name"]
            row["status"] = service["status"]
            return .object(row)
        }
    }

    private static let columns = [
        Output.Column("service", "service_name"), Output.Column("status", "status"),
        Output.Column("model", "model_name"),
        Output.Column("version", "model_version"), Output.Column("calls", "invocation_times", isNumber: true),
        Output.Column("failed", "failed_times", isNumber: true),
        Output.Column("p50 ms", "latency.p50", isNumber: true), Output.Column("p99 ms", "latency.p99", isNumber: true),
        Output.Column("cores", "cpu_core_usage", isNumber: true),
        Output.Column("MiB", "cpu_memory_usage", isNumber: true),
    ]
}
