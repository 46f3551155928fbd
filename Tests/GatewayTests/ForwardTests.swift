import NIOCore
import Platform
import Testing

@testable import Gateway

/// What an upstream sees of a request, and a client of an answer.
@Suite struct ForwardTests {
    /// An upstream that answers with the head it was sent.
    static func mirror(onPort: Bool = false) async throws -> TestUpstream {
        try await TestUpstream.answering(onPort: onPort) { head, body in
            "HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count + body.count)\r\nX-Own: 1\r\nKeep-Alive: timeout=5\r\n\r\n"
                + head + String(decoding: body, as: UTF8.self)
        }
    }

    @Test(arguments: [false, true]) func aRequestPassesBySocketAndByPort(onPort: Bool) async throws {
        let upstream = try await Self.mirror(onPort: onPort)
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let answer = try await gateway.ask("POST /nb/7/x?a=1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.status == 200)
        #expect(answer.text.hasPrefix("POST /nb/7/x?a=1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n"))
        #expect(answer.text.hasSuffix("\r\n\r\nabc"))
        #expect(answer["x-request-id"]?.count == 32)
        #expect(answer["x-own"] == "1")
        #expect(answer["keep-alive"] == nil)
    }

    @Test func whatIsNotBehindADoorIsTheAPIs() async throws {
        let upstream = try await Self.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        for path in ["/healthz", "/nb", "/NB/7", "//nb/7", "/%6eb/7"] {
            try await client.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.takeAnswer().text == "api GET \(path) 0")
        }
        #expect(upstream.connections == 0)
    }

    @Test func aDecisionMayTakeItsTime() async throws {
        let upstream = try await Self.mirror()
        let gateway = try await TestGateway.start(
            resolver: TestResolver(waits: true) { _ in .forward(Forward(to: upstream.upstream)) })
        let answer = try await gateway.ask("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.text.hasSuffix("\r\n\r\nabc"))
    }
}
