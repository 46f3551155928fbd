import ArgumentParser
import Kernel
import Wire

/// A notebook as the command line shows it.
enum NotebookView {
    /// Its path in the API; all of them without an id.
    static func path(_ server: ServerClient, _ id: String = "") -> String {
        "/v1/\(server.project)/notebooks" + (id.isEmpty ? "" : "/" + ServerClient.encoded(id))
    }

    static func status(_ notebook: JSONValue) -> String { Output.text(notebook, at: "status") }

    /// The address that opens it: whoever has it comes in.
    static func address(_ notebook: JSONValue) -> String {
        Output.text(notebook, at: "url") + "?token=" + Output.text(notebook, at: "token")
    }

    static let columns = [
        Output.Column("id", "id"), Output.Column("name", "name"), Output.Column("status", "status"),
        Output.Column("flavor", "flavor"), Output.Column("gb", "volume.capacity", isNumber: true),
        Output.Column("per hour", isNumber: true) { perHour($0) },
    ]

    static let fields = [
        Output.Column("id", "id"), Output.Column("name", "name"), Output.Column("description", "description"),
        Output.Column("status", "status"), Output.Column("reason", "fail_reason"), Output.Column("flavor", "flavor"),
        Output.Column("image", "image.swr_path"),
        Output.Column("volume") { notebook in
            let capacity = Output.text(notebook, at: "volume.capacity")
            let id = Output.text(notebook, at: "volume.id")
            return id.isEmpty ? "" : "\(capacity) GB at \(Output.text(notebook, at: "volume.mount_path")) (\(id))"
        },
        Output.Column("stops") { notebook in lease(notebook) },
        Output.Column("costs", "cost_note"), Output.Column("url", "url"),
        Output.Column("created") { Output.time($0, at: "create_at") },
    ]

    /// What it costs an hour as it stands.
    static func perHour(_ notebook: JSONValue) -> String {
        let prices = (notebook["costs"]?.array ?? []).map { Output.text($0, at: "per_hour") }
        return prices.filter { !$0.isEmpty }.joined(separator: " + ")
    }

    private static func lease(_ notebook: JSONValue) -> String {
        guard ["RUNNING", "CREATING", "STARTING"].contains(status(notebook)) else { return "" }
        let seconds = (Int64(Output.text(notebook, at: "lease.duration")) ?? 0) / 1_000
        let length = Output.duration(seconds)
        return Output.text(notebook, at: "lease.type") == "IDLE"
            ? "when it has been idle for \(length)"
            : "\(length) after \(Output.time(notebook, at: "lease.create_at"))"
    }

    /// Waits while it is on its way to a status, with a spinner where a person watches; 1 where it does not get there.
    static func wait(for id: String, toBe wanted: [String], _ server: ServerClient) async throws -> JSONValue {
        let passing = ["INIT", "CREATING", "STARTING", "SNAPSHOTTING", "STOPPING"]
        var spinner = Spinner()
        while true {
            let notebook = try await server.get(path(server, id))
            let status = status(notebook)
            if wanted.contains(status) || !passing.contains(status) {
                Terminal.clearProgress()
                guard wanted.contains(status) else {
                    Terminal.error("atelier: the notebook is \(status): \(Output.text(notebook, at: "fail_reason"))")
                    throw ExitCode(1)
                }
                return notebook
            }
            try await spinner.turn("\(status.lowercased()): \(part(notebook))")
        }
    }

    private static func part(_ notebook: JSONValue) -> String {
        let parts = notebook["action_progress"]?.array ?? []
        let present = parts.first { Output.text($0, at: "status") == "PROCESSING" }
        return present.map { Output.text($0, at: "description").lowercased() } ?? "it will not be long"
    }
}

/// A lease on the command line: so many hours, of running or of being idle.
struct LeaseOptions: ParsableArguments {
    @Option(help: "Stop it after so many hours of running (1 to 72).") var stopAfter: Int64?
    @Option(help: "Stop it when it has been idle for so many hours (1 to 72).") var stopIdle: Int64?

    func validate() throws {
        guard stopAfter == nil || stopIdle == nil else {
            throw ValidationError("Give --stop-after or --stop-idle, not both.")
        }
    }

    /// ModelArts' lease; nil where none is asked for.
    var json: JSONValue? {
        guard let hours = stopAfter ?? stopIdle else { return nil }
        return ["type": .string(kind), "duration": JSONValue(milliseconds(hours))]
    }

    /// The same as a query.
    var query: String {
        guard let hours = stopAfter ?? stopIdle else { return "" }
        return "?duration=\(milliseconds(hours))&type=\(kind)"
    }

    private var kind: String { stopIdle == nil ? "TIMING" : "IDLE" }

    private func milliseconds(_ hours: Int64) -> Int64 { hours.multipliedReportingOverflow(by: 3_600_000).partialValue }
}
