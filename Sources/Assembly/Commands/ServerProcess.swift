import ArgumentParser
import Commands
import Glibc
import Kernel
import Logging
import Metrics
import Telemetry

/// What every server verb sets up once: logs as JSON on standard error, metrics, and faults told to a person.
struct ServerProcess {
    let metrics = MetricsRegistry()
    private let level: Logger.Level

    init(_ options: ServerOptions) { level = options.logLevel }

    /// Runs a verb; a fault is told on standard error and ends the process with 1.
    func run(_ verb: (Logger) async throws -> Void) async throws {
        let level = self.level
        LoggingSystem.bootstrap { label in JSONLogHandler(label: label, level: level) }
        MetricsSystem.bootstrap(metrics)
        try await LocalVerb.run { try await verb(Logger(label: "atelier")) }
    }
}
