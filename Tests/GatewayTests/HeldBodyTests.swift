import Kernel
import NIOCore
import Platform
import Testing
import Wire

@testable import Gateway

/// Bodies that a resolver needs before it decides: read whole, within limits, and passed on as they came.
@Suite struct HeldBodyTests {
    /// Takes a request of which the body is `right`, and no other.
    struct BodyResolver: RouteResolver {
        let upstream: Upstream
        var limit = 1_000

        func decide(_ request: RouteRequest) async -> RouteDecision {
            request.head.framing == .none ? .forward(Forward(to: upstream)) : .needsBody(atMost: limit)
        }

        func decide(_ request: RouteRequest, body: [UInt8]) async -> RouteDecision {
            guard String(decoding: body, as: UTF8.self).allSatisfy({ $0 == "r" }) else {
                return .refuse(Fault(.invalidSignature, "It is another body."))
            }
            return .forward(Forward(to: upstream))
        }
    }

    static func start(_ change: (inout ProxyLimits) -> Void = { _ in }) async throws -> TestGateway {
        var limits = ProxyLimits.quick
        change(&limits)
        let upstream = try await ForwardTests.mirror()
        return try await TestGateway.start(limits: limits, resolver: BodyResolver(upstream: upstream.upstream))
    }

    static func post(_ body: String, announced: Int? = nil, _ fields: String = "") -> String {
        "POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: \(announced ?? body.utf8.count)\r\n\(fields)\r\n\(body)"
    }

    static let chunked = "POST /nb/7 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test func whatIsRightPassesAsItCameAndTheConnectionGoesOn() async throws {
        let gateway = try await Self.start()
        let client = try await gateway.connect()
        for _ in 0..<2 {
            try await client.send(Self.post("rr", announced: 4))
            try await client.send("rr" + "GET /nb/7/next HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.takeAnswer().text.hasSuffix("\r\n\r\nrrrr"))
            #expect(try await client.takeAnswer().text.hasPrefix("GET /nb/7/next "))
        }
        try await client.send(Self.chunked + "1\r\nr\r\n2\r\nrr\r\n0\r\n\r\n")
        #expect(try await client.takeAnswer().text.hasSuffix("\r\n\r\nrrr"))
        #expect(gateway.proxy.heldBytes.held == 0, "what was held is not given back")
    }

    @Test(arguments: [post("rxr"), chunked + "3\r\nrxr\r\n0\r\n\r\n"])
    func anotherBodyIsRefusedAndTheConnectionGoesOn(request: String) async throws {
        let gateway = try await Self.start()
        let client = try await gateway.connect()
        try await client.send(request)
        #expect(try await client.takeAnswer().status == 401)
        try await client.send(Self.post("r"))
        #expect(try await client.takeAnswer().status == 200)
    }

    @Test(arguments: [
        post("", announced: 1_001), chunked + "3e9\r\n" + String(repeating: "r", count: 1_001),
    ])
    func tooLargeAOneIsRefused(request: String) async throws {
        let gateway = try await Self.start()
        let answer = try await gateway.ask(request)
        #expect(answer.status == 413)
        #expect(answer.text.contains("UNSIGNED-PAYLOAD"))
    }

    @Test(.timeLimit(.minutes(1))) func allTogetherHaveALimit() async throws {
        let gateway = try await Self.start { $0.heldBytes = 100 }
        let first = try await gateway.connect()
        let body = String(repeating: "r", count: 80)
        // The interim answer says that it is being held.
        try await first.send(Self.post("", announced: 81, "Expect: 100-continue\r\n"))
        #expect(try await first.take(through: "\r\n\r\n").contains(" 100 "))
        try await first.send(body)
        while gateway.proxy.heldBytes.held < 80 { try await Task.sleep(for: .milliseconds(2)) }
        let answer = try await gateway.ask(Self.post(body))
        #expect(answer.status == 503)
        #expect(answer["retry-after"] == "1")
        try await first.send("r")
        #expect(try await first.takeAnswer().status == 200)
        #expect(try await gateway.ask(Self.post(body)).status == 200)
    }

    @Test func aSlowOneHasALimitForAllOfIt() async throws {
        let gateway = try await Self.start { $0.heldBodyTime = .milliseconds(300) }
        let client = try await gateway.connect()
        try await client.send(Self.post("rrr", announced: 4))
        let answer = try await client.takeAnswer()
        #expect(answer.status == 408)
        #expect(answer["connection"] == "close")
        #expect(gateway.proxy.heldBytes.held == 0, "what was held is not given back")
    }

    @Test(.timeLimit(.minutes(1))) func whoGoesAwayLeavesNothingBehind() async throws {
        let gateway = try await Self.start { $0.heldBytes = 100 }
        let client = try await gateway.connect()
        try await client.send(Self.post("", announced: 81, "Expect: 100-continue\r\n"))
        _ = try await client.take(through: "\r\n\r\n")
        try await client.send(String(repeating: "r", count: 80))
        while gateway.proxy.heldBytes.held < 80 { try await Task.sleep(for: .milliseconds(2)) }
        await client.close()
        while gateway.proxy.heldBytes.held > 0 { try await Task.sleep(for: .milliseconds(2)) }
    }
}
