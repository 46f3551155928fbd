import Hummingbird
import Identity
import Kernel
import Metering
import Platform
import Wire

/// What is used and not billed yet, now.
struct UsageController: Sendable {
    private let showUsage: ShowUsage

    init(_ ports: Ports) { showUsage = ShowUsage(ports) }

    var routes: [Route] {
        [.known(.get, "/atelier/v1/usage", "Shows what is used and not billed yet, before the hour closes.", show)]
    }

    @Sendable private func show(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let overview = try await showUsage(
            account: caller.account, project: query.text("project").map { ProjectID($0) },
            resource: query.text("resource").map { ResourceID($0) }, caller: caller)
        return Answer.json(overview.json)
    }
}
