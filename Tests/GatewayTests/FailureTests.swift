import Kernel
import NIOCore
import Platform
import Synchronization
import Testing
import Wire

@testable import Gateway

/// Upstreams that are absent, refuse, take too long, die, or talk nonsense.
@Suite struct FailureTests {
    static func code(_ answer: RawAnswer) throws -> String? {
        try JSONValue(parsing: answer.body)["faults"]?.array?.first?["code"]?.string
    }

    @Test func anAbsentUpstreamIs502() async throws {
        for upstream in [Upstream.socket(path: TestUpstream.freshPath()), .loopback(port: 1)] {
            let gateway = try await TestGateway.start(to: upstream)
            let client = try await gateway.connect()
            for _ in 0..<2 {
                try await client.send(BodyTests.get)
                let answer = try await client.takeAnswer()
                #expect(answer.status == 502 && answer["x-request-id"]?.count == 32)
                #expect(try Self.code(answer) == "upstream_unavailable")
            }
        }
    }

    @Test func aPathThatIsTooLongIs502() async throws {
        let gateway = try await TestGateway.start(to: .socket(path: "/tmp/" + String(repeating: "x", count: 200)))
        #expect(try await gateway.ask(BodyTests.get).status == 502)
    }

    @Test func anotherUpstreamIsTriedWhereNoneAnswers() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(to: .socket(path: TestUpstream.freshPath())) { forward, _ in
            forward.others = [.loopback(port: 1), upstream.upstream]
        }
        #expect(try await gateway.ask("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok").status == 200)
    }

    @Test(arguments: [
        "", "HTTP/1.1 200", "nonsense\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nX: \(String(repeating: "y", count: 70_000))\r\n\r\n",
    ])
    func anAnswerThatIsNoneIs502(answer: String) async throws {
        let gateway = try await BodyTests.start(answering: answer, thenCloses: true)
        let got = try await gateway.ask(BodyTests.get)
        #expect(got.status == 502)
        #expect(try Self.code(got) == "upstream_unavailable")
    }

    /// What was begun and not finished never looks finished.
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n", false),
        ("HTTP/1.1 200 OK\r\n\r\nhello", true),
    ])
    func aBodyThatIsCutIsSeenToBe(answer: String, resets: Bool) async throws {
        let upstream = try await TestUpstream.start(onPort: true) { connection in
            _ = try await connection.take(through: "\r\n\r\n")
            try await connection.send(answer)
            if resets { try await connection.reset() }
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        // A reset may overtake what was sent before it, so that the answer is a refusal.
        try await client.send("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx")
        if let got = try? await client.takeAnswer() {
            #expect(got.status == 502 || !got.isComplete, "\(got)")
        }
        #expect(try await client.takeRest().readableBytes == 0)
    }

    @Test func anUpstreamThatTakesTooLongIs504() async throws {
        let upstream = try await TestUpstream.start { connection in _ = try await connection.takeRest() }
        let gateway = try await TestGateway.start(to: upstream.upstream) { forward, _ in forward.answerSeconds = 0 }
        let answer = try await gateway.ask(BodyTests.get)
        #expect(answer.status == 504)
        #expect(try Self.code(answer) == "upstream_timeout")
    }

    @Test func aDecisionThatTakesTooLongIs503() async throws {
        struct Never: RouteResolver {
            func decide(_ request: RouteRequest) async -> RouteDecision {
                try? await Task.sleep(for: .seconds(60))
                return .refuse(Fault(.internalFault, "late"))
            }
        }
        var limits = ProxyLimits.quick
        limits.decisionTime = .milliseconds(50)
        let gateway = try await TestGateway.start(limits: limits, resolver: Never())
        let answer = try await gateway.ask(BodyTests.get)
        #expect(answer.status == 503 && answer["retry-after"] == "1")
    }

    @Test func moreConnectionsThanAllowedIs503() async throws {
        let upstream = try await TestUpstream.start { connection in _ = try await connection.takeRest() }
        var limits = ProxyLimits.quick
        limits.upstreamConnections = 0
        let gateway = try await TestGateway.start(to: upstream.upstream, limits: limits)
        #expect(try await gateway.ask(BodyTests.get).status == 503)
    }

    /// An upstream that answers once on each connection and closes the next time it is asked there.
    static func forgetful(_ asked: TestUpstream.Counted) async throws -> TestUpstream {
        try await TestUpstream.start { connection in
            _ = try await connection.takeRequest()
            asked.value.wrappingAdd(1, ordering: .relaxed)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            _ = try await connection.takeRequest()
            asked.value.wrappingAdd(1, ordering: .relaxed)
        }
    }

    @Test func aKeptConnectionThatTurnsOutDeadIsReplacedWhereThatDoesNoHarm() async throws {
        let asked = TestUpstream.Counted()
        let upstream = try await Self.forgetful(asked)
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        for _ in 0..<3 {
            try await client.send(BodyTests.get)
            #expect(try await client.takeAnswer().text == "ok")
        }
        #expect(upstream.connections == 3)
        #expect(asked.value.load(ordering: .relaxed) == 5)
    }

    @Test func whatMayNotBeDoneTwiceIsSentOnce() async throws {
        let asked = TestUpstream.Counted()
        let upstream = try await Self.forgetful(asked)
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        let post = "POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"
        try await client.send(post)
        #expect(try await client.takeAnswer().text == "ok")
        try await client.send(post)
        #expect(try await client.takeAnswer().status == 502)
        #expect(asked.value.load(ordering: .relaxed) == 2)
    }

    /// Bytes that nobody asked for would be taken for the answer to the next request.
    @Test func bytesBehindAnAnswerAreNobodysAnswer() async throws {
        let gateway = try await BodyTests.start(
            answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
        let client = try await gateway.connect()
        for _ in 0..<5 {
            try await client.send(BodyTests.get)
            #expect(try await client.takeAnswer().text == "ok")
        }
    }

    @Test func aClientThatGoesAwayFreesTheUpstream() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.take(through: "\r\n\r\n")
            _ = try await connection.takeRest()
            end.finish()
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.send("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
        try await BodyTests.settles { upstream.connections == 1 }
        await client.close()
        for await _ in ends {}
    }
}
