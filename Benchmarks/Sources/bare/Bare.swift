import Hummingbird
import Logging

/// The yardstick of the API: Hummingbird with one route that answers a JSON text of a job's size, and nothing else.
@main
struct Bare {
    static func main() async throws {
        let body = #"{"kind":"job","metadata":{"id":"x","name":"\#(String(repeating: "n", count: 1_000))"}}"#
        let router = Router()
        router.get("job") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
        }
        var logger = Logger(label: "bare")
        logger.logLevel = .error
        let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 8_099
        try await Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger
        ).run()
    }
}
