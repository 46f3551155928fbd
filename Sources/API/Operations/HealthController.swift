import Hummingbird
import Wire

/// Says that the server answers, and what it has measured.
struct HealthController: Sendable {
    let version: String
    let metrics: @Sendable () -> String

    var routes: [Route] {
        [
            .open(.get, "/healthz", "Says that the server answers.", health),
            .open(.get, "/metrics", "Shows the server's metrics as Prometheus text.", showMetrics),
        ]
    }

    @Sendable private func health(_ call: Call) async throws -> Response {
        Answer.json(.fields(("status", .text("ok")), ("version", .text(version))))
    }

    @Sendable private func showMetrics(_ call: Call) async throws -> Response {
        Answer.bytes(Array(metrics().utf8), type: "text/plain; version=0.0.4; charset=utf-8")
    }
}
