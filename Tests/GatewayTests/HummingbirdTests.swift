import Hummingbird
import Logging
import NIOCore
import Platform
import Testing

@testable import Gateway

/// The gateway in front of the framework that the API is made with.
@Suite struct HummingbirdTests {
    /// Runs a server with the gateway in front, whose idle time is short, until a body has ended.
    static func serve(
        to upstream: Upstream, idle: TimeAmount = .seconds(60), _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let door = RouteDoor(
            prefix: "/nb/", cookie: "c", resolver: TestResolver(waits: true) { _ in .forward(Forward(to: upstream)) })
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let proxy = ReverseProxy(doors: [door], limits: .quick, logger: logger)
        let router = Router()
        router.post("**") { request, _ in
            let body = try await request.body.collect(upTo: 1 << 20)
            return "api \(request.uri.path) \(body.readableBytes)"
        }
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router,
            server: .http1(configuration: .init(additionalChannelHandlers: [proxy.entrance()], idleTimeout: idle)),
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { port.yield($0.localAddress?.port ?? 0) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            var ports = ports.makeAsyncIterator()
            let number = try #require(await ports.next())
            try await body(number)
            group.cancelAll()
        }
    }

    @Test func bothAnswerOnOneConnectionInOrder() async throws {
        let upstream = try await ForwardTests.mirror()
        try await Self.serve(to: upstream.upstream) { port in
            let client = try await RawConnection.connect(port: port)
            let targets = (0..<40).map { $0.isMultiple(of: 2) ? "/nb/\($0)" : "/api/\($0)" }
            try await client.send(
                targets.map { "POST \($0) HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody" }.joined())
            for target in targets {
                let text = try await client.takeAnswer().text
                #expect(text == "api \(target) 4" || text.hasPrefix("POST \(target) "), "\(target): \(text)")
            }
            await client.close()
        }
    }

    /// The framework closes connections on which it has seen nothing for a while; it does not see the gateway's.
    @Test func theFrameworksIdleTimeIsNotTheGateways() async throws {
        let upstream = try await TunnelTests.echo()
        try await Self.serve(to: upstream.upstream, idle: .milliseconds(600)) { port in
            let client = try await RawConnection.connect(port: port)
            try await client.send(TunnelTests.upgrade)
            #expect(try await client.takeAnswer().status == 101)
            let other = try await RawConnection.connect(port: port)
            for _ in 0..<6 {
                try await other.send(BodyTests.get)
                #expect(try await other.takeAnswer().status == 200)
                try await Task.sleep(for: .milliseconds(250))
            }
            try await client.send("hello")
            _ = try await client.take(through: "hello")
            await client.close()
            await other.close()
        }
    }

    @Test func theFrameworkStillClosesWhatIsIdle() async throws {
        let upstream = try await ForwardTests.mirror()
        try await Self.serve(to: upstream.upstream, idle: .milliseconds(100)) { port in
            let client = try await RawConnection.connect(port: port)
            try await client.send("POST /api HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
            #expect(try await client.takeAnswer().text == "api /api 0")
            #expect(try await client.takeRest().readableBytes == 0)
        }
    }
}
