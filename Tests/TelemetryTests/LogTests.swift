import Foundation
import Kernel
import Logging
import Telemetry
import Testing

/// Sources: RFC 8259 (JSON strings), RFC 3339 (times).
@Suite struct LogTests {
    @Test func anEventIsOneJSONObjectOnOneLine() throws {
        let log = try LogFile()
        let metadata: Logger.Metadata = ["port": "8080", "pool": ["cpu": "2"], "names": ["a", "b"]]
        log.logger().info("Started.", metadata: metadata)
        let line =
            #"{"time":"2026-03-01T08:00:00.007Z","level":"info","logger":"test","message":"Started.","#
            + #""names":["a","b"],"pool":{"cpu":"2"},"port":"8080"}"#
        #expect(try log.text() == line + "\n")
    }

    /// Whatever stands in a text, it comes back from a JSON reader as it was, and the line stays one line.
    @Test(arguments: [
        "quote \" and backslash \\", "line\nfeed\r\n", "tab\tbell\u{7}nul\u{0}", "\u{1b}[31mred", "ünïcödé 模型 🎉",
        "\u{2028}\u{2029}", "\u{7f}", "{\"a\":1}", "", "//</script>",
    ])
    func textsAreEscaped(_ text: String) throws {
        let log = try LogFile()
        log.logger().warning("Said.", metadata: ["text": "\(text)", "\(text)": "key"])
        let line = try log.text()
        #expect(line.utf8.filter { $0 == UInt8(ascii: "\n") }.count == 1 && line.hasSuffix("}\n"))
        #expect(line.utf8.dropLast().allSatisfy { $0 >= 0x20 })
        let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["text"] as? String == text)
        #expect(object["level"] as? String == "warning")
    }

    @Test func nothingIsWithoutBound() throws {
        let log = try LogFile()
        var deep = Logger.MetadataValue.string("bottom")
        for _ in 0..<10_000 { deep = .array([deep]) }
        let many = Dictionary(uniqueKeysWithValues: (0..<5_000).map { ("key\($0)", Logger.MetadataValue.string("x")) })
        let wide = Logger.MetadataValue.array(Array(repeating: "x", count: 5_000))
        log.logger().info("\(String(repeating: "m", count: 1 << 20))", metadata: ["deep": deep, "wide": wide])
        log.logger().info("Many.", metadata: many)
        // A text cut inside a character is still UTF-8.
        log.logger().info("Cut.", metadata: ["text": "\(String(repeating: "模", count: Limits.logTextBytes))"])
        let lines = try log.text().split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
            #expect(line.utf8.count < 3 * Limits.logTextBytes)
            #expect(try JSONSerialization.jsonObject(with: Data(line.utf8)) is [String: Any])
        }
    }

    @Test func metadataCannotPassForTheHandlersOwnFields() throws {
        let log = try LogFile()
        log.logger().info("True.", metadata: ["message": "false", "time": "never", "level": "none"])
        let object = try #require(JSONSerialization.jsonObject(with: Data(log.text().utf8)) as? [String: Any])
        #expect(object["message"] as? String == "True." && object["metadata.message"] as? String == "false")
        #expect(object["time"] as? String == "2026-03-01T08:00:00.007Z" && object["level"] as? String == "info")
    }

    @Test func theNearerFieldIsTheStronger() throws {
        let log = try LogFile()
        let provider = Logger.MetadataProvider { ["a": "task", "b": "task", "request_id": "r1"] }
        var logger = log.logger(provider: provider)
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("Said.", metadata: ["b": "event"])
        let object = try #require(JSONSerialization.jsonObject(with: Data(log.text().utf8)) as? [String: String])
        #expect(object["a"] == "task" && object["b"] == "event" && object["c"] == "logger")
        #expect(object["request_id"] == "r1")
    }

    @Test func quieterEventsAreNotWritten() throws {
        let log = try LogFile()
        log.logger(level: .warning).info("Not this.")
        #expect(try log.text().isEmpty)
    }

    @Test func linesOfManyThreadsStayWhole() async throws {
        let log = try LogFile()
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<8 {
                let logger = log.logger()
                group.addTask {
                    for round in 0..<100 {
                        logger.info("Said.", metadata: ["writer": "\(writer)", "round": "\(round)"])
                    }
                }
            }
        }
        let lines = try log.text().split(separator: "\n")
        #expect(Set(lines).count == 800)
        for line in lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
    }
}

/// A log that goes into a file of its own.
final class LogFile: Sendable {
    private let path: String
    private let descriptor: Int32

    init() throws {
        path = NSTemporaryDirectory() + "log-\(UInt64.random(in: 0...(.max)))"
        descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_APPEND, 0o600)
        try #require(descriptor >= 0)
    }

    deinit {
        close(descriptor)
        unlink(path)
    }

    func logger(level: Logger.Level = .info, provider: Logger.MetadataProvider? = nil) -> Logger {
        Logger(label: "test") { label in
            JSONLogHandler(
                label: label, level: level, output: LogOutput(descriptor: self.descriptor), clock: StoppedClock(),
                metadataProvider: provider)
        }
    }

    func text() throws -> String { try String(contentsOfFile: path, encoding: .utf8) }
}

struct StoppedClock: WallClock {
    func now() -> Instant { Instant(milliseconds: 1_772_352_000_007) }
}
