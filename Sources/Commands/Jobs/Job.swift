import Wire

/// A training job as the command line shows it.
enum Job {
    /// Its path in the API.
    static func path(_ server: ServerClient, _ id: String) -> String {
        "/v2/\(server.project)/training-jobs/\(ServerClient.encoded(id))"
    }

    static func phase(_ job: JSONValue) -> String { Output.text(job, at: "status.phase") }

    /// Whether nothing can follow.
    static func isOver(_ job: JSONValue) -> Bool {
        ["Completed", "Failed", "Terminated", "Abnormal"].contains(phase(job))
    }

    /// Its use so far, from the platform's own view.
    static func usage(_ server: ServerClient, _ id: String) async throws -> JSONValue {
        try await server.get("/atelier/v1/usage", [("resource", id)])
    }

    static let columns = [
        Output.Column("id", "metadata.id"), Output.Column("name", "metadata.name"),
        Output.Column("phase", "status.phase"),
        Output.Column("flavor", "spec.resource.flavor_id"),
        Output.Column("created") { Output.time($0, at: "metadata.create_time") },
        Output.Column("ran", isNumber: true) { job in
            Output.duration((Int64(Output.text(job, at: "status.duration")) ?? 0) / 1_000)
        },
    ]

    static let fields = [
        Output.Column("id", "metadata.id"), Output.Column("name", "metadata.name"),
        Output.Column("description", "metadata.description"), Output.Column("phase", "status.phase"),
        Output.Column("message") { job in
            Output.text(job["status"]?["task_statuses"]?.array?.first ?? .null, at: "message")
        },
        Output.Column("created") { Output.time($0, at: "metadata.create_time") },
        Output.Column("started") { Output.time($0, at: "status.start_time") },
        Output.Column("ran") { job in
            Output.duration((Int64(Output.text(job, at: "status.duration")) ?? 0) / 1_000)
        },
        Output.Column("user", "metadata.user_name"), Output.Column("engine", "algorithm.engine.engine_name"),
        Output.Column("flavor", "spec.resource.flavor_id"), Output.Column("code", "algorithm.code_dir"),
        Output.Column("boot file", "algorithm.boot_file"), Output.Column("command", "algorithm.command"),
        Output.Column("log path", "spec.log_export_path.obs_url"),
    ]
}
