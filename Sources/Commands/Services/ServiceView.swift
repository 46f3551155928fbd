import ArgumentParser
import NIOHTTP1
import Wire

/// A service as the command line shows it.
enum ServiceView {
    static func path(_ server: ServerClient, _ id: String = "") -> String {
        "/v1/\(server.project)/services" + (id.isEmpty ? "" : "/" + ServerClient.encoded(id))
    }

    static let columns = [
        Output.Column("id", "service_id"), Output.Column("name", "service_name"), Output.Column("status", "status"),
        Output.Column("calls", "invocation_times", isNumber: true),
        Output.Column("failed", "failed_times", isNumber: true),
        Output.Column("created") { Output.time($0, at: "publish_at") },
    ]

    static let fields = [
        Output.Column("id", "service_id"), Output.Column("name", "service_name"), Output.Column("status", "status"),
        Output.Column("reason", "error_msg"), Output.Column("address", "access_address"),
        Output.Column("inference", "inference_address"),
        Output.Column("calls", "invocation_times", isNumber: true),
        Output.Column("failed", "failed_times", isNumber: true),
        Output.Column("models") { lines($0, at: "config", model) },
        Output.Column("instances") { lines($0, at: "instances", instance) },
        Output.Column("stops at") { Output.time($0, at: "stop_at") },
        Output.Column("created") { Output.time($0, at: "publish_at") },
    ]

    private static func lines(_ service: JSONValue, at key: String, _ words: (JSONValue) -> String) -> String {
        (service[key]?.array ?? []).map(words).joined(separator: "; ")
    }

    private static func model(_ config: JSONValue) -> String {
        let name = Output.text(config, at: "model_name")
        let text =
            name.isEmpty ? Output.text(config, at: "model_id") : name + " " + Output.text(config, at: "model_version")
        return "\(text) \(Output.text(config, at: "weight")) % on \(Output.text(config, at: "specification")), "
            + "\(Output.text(config, at: "running_instance_count")) of "
            + "\(Output.text(config, at: "instance_count")) ready"
    }

    private static func instance(_ instance: JSONValue) -> String {
        let reason = Output.text(instance, at: "reason")
        return Output.text(instance, at: "id") + " " + Output.text(instance, at: "status")
            + (reason.isEmpty ? "" : " (\(reason))")
    }

    /// Waits until a service has one of these statuses; says why it has not where it never will.
    static func wait(for id: String, toBe statuses: [String], _ server: ServerClient) async throws -> JSONValue {
        var spinner = Spinner()
        defer { Terminal.clearProgress() }
        while true {
            let service = try await server.get(path(server, id))
            let status = Output.text(service, at: "status")
            let reason = Output.text(service, at: "error_msg")
            if statuses.contains(status) { return service }
            if ["failed", "stopped"].contains(status) {
                Terminal.clearProgress()
                Terminal.error("atelier: the service is \(status)\(reason.isEmpty ? "" : ": \(reason)")")
                throw ExitCode(1)
            }
            try await spinner.turn(status + (reason.isEmpty ? "" : ": \(reason)"))
        }
    }
}

extension ServiceView {
    /// Changes each config of a service and waits until it answers as told.
    static func change(
        _ id: String, _ server: ServerClient, _ output: Output, _ edit: (inout JSONObject) -> Void
    ) async throws {
        let service = try await server.get(path(server, id))
        let configs = (service["config"]?.array ?? []).map { shown in
            let keys = [
                "model_id", "weight", "specification", "instance_count", "envs", "deploy_timeout_in_seconds",
                "scaling_policy", "name",
            ]
            var config = JSONObject(keys.compactMap { key in shown[key].map { (name: key, value: $0) } })
            edit(&config)
            return JSONValue.object(config)
        }
        try await put(.array(configs), id, server, output)
    }

    static func put(_ configs: JSONValue, _ id: String, _ server: ServerClient, _ output: Output) async throws {
        _ = try await server.send(.PUT, path(server, id), ["config": configs])
        var service = try await server.get(path(server, id))
        let rests = ["stopped", "stopping", "failed"].contains(Output.text(service, at: "status"))
        if !rests { service = try await wait(for: id, toBe: ["running"], server) }
        output.show(service, fields: fields)
    }
}
