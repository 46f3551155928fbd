import Hummingbird
import Identity
import Kernel
import Metering
import Platform
import Wire

/// What is used and not billed yet, now.
struct UsageController: Sendable {
    private let showUsage: ShowUsage
    private let showHours: ShowHours

    init(_ ports: Ports) {
        showUsage = ShowUsage(ports)
        showHours = ShowHours(ports)
    }

    var routes: [Route] {
        [
            .known(.get, "/atelier/v1/usage", "Shows what is used and not billed yet, before the hour closes.", show),
            .known(.get, "/atelier/v1/hours", "Shows which hours are closed, provisional or open.", hours),
        ]
    }

    @Sendable private func show(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let overview = try await showUsage(
            account: caller.account, project: query.text("project").map { ProjectID($0) },
            resource: query.text("resource").map { ResourceID($0) }, caller: caller)
        return Answer.json(overview.json)
    }

    @Sendable private func hours(_ call: Call, _ caller: Caller) async throws -> Response {
        Answer.list(
            try await showHours(caller: caller).map { hour in
                .fields(
                    ("hour", .text(hour.start)), ("state", .text(hour.state.rawValue)),
                    ("unproven", .whole(hour.unproven)))
            })
    }
}
