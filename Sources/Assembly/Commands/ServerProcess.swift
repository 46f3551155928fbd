import ArgumentParser
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
        do {
            try await verb(Logger(label: "atelier"))
        } catch let faults as Faults {
            throw Self.told(faults.all)
        } catch let fault as Fault {
            throw Self.told([fault])
        }
    }

    private static func told(_ faults: [Fault]) -> ExitCode {
        for fault in faults {
            let line = Array("atelier: \(fault)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
        }
        return ExitCode(1)
    }
}
