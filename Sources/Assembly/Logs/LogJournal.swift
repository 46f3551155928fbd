import Kernel
import Logging
import Platform

/// The platform's journal in the server's log.
struct LogJournal: Journal {
    let logger: Logger

    func note(_ level: FaultCode.Level, _ message: StaticString, _ details: [String: String]) {
        let level: Logger.Level =
            switch level {
            case .debug: .debug
            case .warning: .warning
            case .error: .error
            }
        logger.log(level: level, "\(message)", metadata: details.mapValues { "\($0)" })
    }
}
