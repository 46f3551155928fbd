import ArgumentParser
import Kernel
import NIOHTTP1
import Wire

/// A volume as the command line shows it.
enum VolumeView {
    /// The path of volumes in the API.
    static func path(_ server: ServerClient) -> String { "/v2/\(server.project)/cloudvolumes" }
    static func path(_ server: ServerClient, _ id: String) -> String { "\(path(server))/\(ServerClient.encoded(id))" }

    static let columns = [
        Output.Column("id", "id"), Output.Column("name", "name"), Output.Column("status", "status"),
        Output.Column("type", "volume_type"), Output.Column("GB", "size", isNumber: true),
        Output.Column("of") { user($0) }, Output.Column("created", "created_at"),
    ]

    static let fields =
        columns + [
            Output.Column("description", "description"), Output.Column("changed", "updated_at"),
            Output.Column("used") { bytes($0, at: "used_bytes") }, Output.Column("message", "message"),
            Output.Column("fee so far", "fee"),
        ]

    /// Who has it: a notebook's id.
    private static func user(_ volume: JSONValue) -> String {
        Output.text(volume["attachments"]?.array?.first ?? .null, at: "server_id")
    }

    private static func bytes(_ volume: JSONValue, at path: String) -> String {
        guard let bytes = Int64(Output.text(volume, at: path)) else { return "" }
        return bytes < 10 << 30 ? "\(bytes >> 20) MB" : "\(bytes >> 30) GB"
    }

    /// Waits for a job of EVS; throws with its reason where it failed.
    static func wait(for answer: JSONValue, _ server: ServerClient) async throws {
        let id = Output.text(answer, at: "job_id")
        while true {
            let job = try await server.get("/v1/\(server.project)/jobs/\(ServerClient.encoded(id))")
            let status = Output.text(job, at: "status")
            if status == "SUCCESS" { return Terminal.clearProgress() }
            if status == "FAIL" {
                Terminal.clearProgress()
                throw Fault(.unavailable, Output.text(job, at: "fail_reason"))
            }
            Terminal.progress("· \(Output.text(job, at: "job_type"))")
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
