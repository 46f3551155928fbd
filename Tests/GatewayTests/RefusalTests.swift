import NIOCore
import Platform
import Testing

@testable import Gateway

/// Clients that send what is no request, too much, or too slowly.
@Suite struct RefusalTests {
    static let long = "X: \(String(repeating: "y", count: 8_000))\r\n"

    @Test(arguments: [
        ("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
        ("POST /nb/7 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 400),
        ("POST /nb/7 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding : chunked\r\n\r\n", 400),
        ("POST /nb/7 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nnonsense", 400),
        ("GET /nb/7 HTTP/1.1\r\nHost: h\r\nHost: i\r\n\r\n", 400), ("GET /nb/7 HTTP/1.1\r\n\r\n", 400),
        ("GET /nb/7 HTTP/1.1\nHost: h\n\n", 400), ("GET /nb/7 HTTP/1.1\r\nHost: h\r\nA b\r\n\r\n", 400),
        ("TRACE /nb/7 HTTP/1.1\r\nHost: h\r\n\r\n", 400), ("GET /nb/\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n", 400),
        ("GET /nb/7 HTTP/1.1\r\nHost: h\r\nX: \(String(repeating: "y", count: 16_500))\r\n\r\n", 431),
        ("GET /nb/7 HTTP/1.1\r\nHost: h\r\n\(String(repeating: "X: y\r\n", count: 201))\r\n", 431),
        (
            "GET /nb/7 HTTP/1.1\r\nHost: h\r\n\(String(repeating: long, count: 9))",
            431
        ),
        ("GET /nb/\(String(repeating: "y", count: 70_000))", 431),
    ])
    func whatIsNoRequestIsRefusedAndTheConnectionClosed(request: String, status: Int) async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.send(request + "GET /nb/smuggled HTTP/1.1\r\nHost: h\r\n\r\n")
        let answer = try await client.takeAnswer()
        #expect(answer.status == status, "\(answer.text)")
        if !request.hasPrefix("TRACE") {
            #expect(answer["connection"] == "close")
            #expect(try await client.takeRest().readableBytes == 0)
        }
    }

    /// The API's own reader decides about what is behind no door, and nothing behind it is the gateway's any more.
    @Test func whatIsNoRequestAndBehindNoDoorIsTheAPIs() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        for request in [
            "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "\u{1}\r\n\r\n",
        ] {
            let client = try await gateway.connect()
            try await client.send(request + "GET /nb/7 HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.takeAnswer().status == 400)
        }
        #expect(upstream.connections == 0)
    }

    @Test(arguments: ["GET /nb/7 HTTP/1.1\r\nHos", "GET /nb/7", "GET /healthz HT"])
    func aHeadThatDoesNotComeIs408(piece: String) async throws {
        var limits = ProxyLimits.quick
        limits.headTime = .milliseconds(100)
        let gateway = try await TestGateway.start(to: .loopback(port: 1), limits: limits)
        let client = try await gateway.connect()
        try await client.send(piece)
        #expect(try await client.takeAnswer().status == 408)
        #expect(try await client.takeRest().readableBytes == 0)
    }

    /// A byte now and then does not prolong it.
    @Test func aHeadThatTricklesIs408() async throws {
        var limits = ProxyLimits.quick
        limits.headTime = .milliseconds(300)
        let gateway = try await TestGateway.start(to: .loopback(port: 1), limits: limits)
        let client = try await gateway.connect()
        async let answer = client.takeAnswer()
        for byte in "GET /nb/7 HTTP/1.1\r\nX: \(String(repeating: "y", count: 400))" {
            guard (try? await client.send(String(byte))) != nil else { break }
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(try await answer.status == 408)
    }

    @Test func aBodyThatDoesNotComeIs408() async throws {
        let upstream = try await TestUpstream.start { connection in _ = try await connection.takeRest() }
        var limits = ProxyLimits.quick
        limits.stallTime = .milliseconds(100)
        let gateway = try await TestGateway.start(to: upstream.upstream, limits: limits)
        let client = try await gateway.connect()
        try await client.send("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
        #expect(try await client.takeAnswer().status == 408)
    }

    /// A client that takes nothing of its answer holds a connection of the upstream's for so long, and no longer.
    @Test func aClientThatTakesNothingIsLetGo() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.takeRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(1 << 30)\r\n\r\n")
            do { try await connection.sendZeros(1 << 30) } catch { end.finish() }
        }
        var limits = ProxyLimits.quick
        limits.stallTime = .milliseconds(200)
        let gateway = try await TestGateway.start(to: upstream.upstream, limits: limits)
        let client = try await gateway.connect()
        try await client.setReading(false)
        try await client.send(BodyTests.get)
        for await _ in ends {}
        await client.close()
    }

    @Test func aSlowClientThatTakesSomethingIsNot() async throws {
        let size = 24 << 20
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.takeRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n")
            try await connection.sendZeros(size)
        }
        var limits = ProxyLimits.quick
        limits.stallTime = .milliseconds(300)
        let gateway = try await TestGateway.start(to: upstream.upstream, limits: limits)
        let client = try await gateway.connect()
        try await client.setReading(false)
        try await client.send(BodyTests.get)
        // Slower than the water marks turn, but never without a byte for as long as is allowed.
        for _ in 0..<12 {
            try await Task.sleep(for: .milliseconds(100))
            client.channel.read()
        }
        try await client.setReading(true)
        _ = try await client.take(through: "\r\n\r\n")
        try await client.discard(count: size)
    }

    @Test func anIdleConnectionIsClosedInTime() async throws {
        let upstream = try await ForwardTests.mirror()
        var limits = ProxyLimits.quick
        limits.idleTime = .milliseconds(100)
        let gateway = try await TestGateway.start(to: upstream.upstream, limits: limits)
        let client = try await gateway.connect()
        try await client.send(BodyTests.get)
        _ = try await client.takeAnswer()
        #expect(try await client.takeRest().readableBytes == 0)
    }
}
