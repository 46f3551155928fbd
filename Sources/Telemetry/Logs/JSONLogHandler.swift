public import Kernel
public import Logging

/// Writes each log event as one JSON object on one line: `time`, `level`, `logger`, `message`, then the metadata.
///
/// Messages are static sentences; what varies is metadata, so that a log can be searched by field.
public struct JSONLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let output: LogOutput
    private let clock: any WallClock

    /// A handler for the logger of a label; events below `level` are not written.
    ///
    /// Times come from the machine's own clock unless another is given: a log tells when the server did something,
    /// also where billing runs on simulated time.
    public init(
        label: String, level: Logger.Level = .info, output: LogOutput = .standardError, clock: (any WallClock)? = nil,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.clock = clock ?? MachineClock()
        self.metadataProvider = metadataProvider
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        var line = LogLine()
        line.add("time", Self.text(of: clock.now()))
        line.add("level", event.level.rawValue)
        line.add("logger", label)
        line.add("message", event.message.description)
        if let error = event.error {
            line.add("error", "\(error)")
            line.add("error_type", "\(type(of: error))")
        }
        let fields = merged(with: event.metadata)
        for key in fields.keys.sorted().prefix(Limits.logElements) {
            line.add(metadata: key, fields[key] ?? "")
        }
        line.finish()
        output.write(line.bytes)
    }

    /// The nearer to the event, the stronger: the event's own fields, the task's, the logger's.
    private func merged(with own: Logger.Metadata?) -> Logger.Metadata {
        var fields = metadata
        if let provided = metadataProvider?.get(), !provided.isEmpty { fields.merge(provided) { $1 } }
        if let own, !own.isEmpty { fields.merge(own) { $1 } }
        return fields
    }

    /// RFC 3339 in UTC with milliseconds.
    static func text(of instant: Instant) -> String {
        let second = instant.second
        let milliseconds = instant.milliseconds - second.value * 1_000
        let digits = String(milliseconds)
        let padding = String(repeating: "0", count: 3 - digits.utf8.count)
        return "\(CivilTime(second, offset: 0).text).\(padding)\(digits)Z"
    }
}
