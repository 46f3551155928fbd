import NIOCore
import Platform
import Testing

@testable import Gateway

/// Answers come in the order of their requests, whoever answers them, and connections are used again.
@Suite struct OrderTests {
    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(
            resolver: TestResolver(waits: true) { _ in .forward(Forward(to: upstream.upstream)) })
        let client = try await gateway.connect()
        let targets = (0..<60).map { $0 % 3 == 0 ? "/nb/\($0)" : $0 % 3 == 1 ? "/api/\($0)" : "/nb/x\($0)" }
        let requests = targets.map { target in
            "POST \(target) HTTP/1.1\r\nHost: h\r\nContent-Length: \(target.utf8.count)\r\n\r\n\(target)"
        }
        try await client.send(requests.joined())
        for target in targets {
            let text = try await client.takeAnswer().text
            #expect(text.contains(" \(target) "), "\(target) is not answered by \(text)")
        }
        #expect(upstream.connections == 1)
    }

    @Test func refusalsStandInOrderToo() async throws {
        let gateway = try await TestGateway.start(
            resolver: TestResolver { request in .redirect(to: request.path + "/") })
        let client = try await gateway.connect()
        try await client.send((0..<2_000).map { "GET /nb/\($0) HTTP/1.1\r\nHost: h\r\n\r\n" }.joined())
        for number in 0..<2_000 { #expect(try await client.takeAnswer()["location"] == "/nb/\(number)/") }
    }

    @Test func oneConnectionServesManyClients() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        for number in 0..<50 {
            try await client.send("GET /nb/\(number) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.takeAnswer().status == 200)
        }
        #expect(upstream.connections == 1)
    }

    @Test func anUnusedConnectionIsClosedInTime() async throws {
        let (ends, end) = AsyncStream.makeStream(of: Void.self)
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.takeRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            _ = try await connection.takeRest()
            end.finish()
        }
        var limits = ProxyLimits.quick
        limits.upstreamIdleTime = .milliseconds(100)
        let gateway = try await TestGateway.start(to: upstream.upstream, limits: limits)
        #expect(try await gateway.ask(BodyTests.get).text == "ok")
        for await _ in ends {}
    }

    @Test func aConnectionEndsWhenTheClientSaysSo() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        for target in ["/nb/7", "/api"] {
            let client = try await gateway.connect()
            try await client.send("GET \(target) HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
            let answer = try await client.takeAnswer()
            #expect(answer.status == 200 && answer.isComplete)
            #expect(try await client.takeRest().readableBytes == 0)
        }
    }

    /// Who has sent everything may close its half and still gets every answer.
    @Test func aHalfClosedClientIsAnswered() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(
            resolver: TestResolver(waits: true) { _ in .forward(Forward(to: upstream.upstream)) })
        let client = try await gateway.connect()
        try await client.send("GET /nb/1 HTTP/1.1\r\nHost: h\r\n\r\nGET /nb/2 HTTP/1.1\r\nHost: h\r\n\r\n")
        try await client.closeOutput()
        #expect(try await client.takeAnswer().text.contains(" /nb/1 "))
        #expect(try await client.takeAnswer().text.contains(" /nb/2 "))
        #expect(try await client.takeRest().readableBytes == 0)
        try await BodyTests.settles { gateway.openConnections == 0 }
    }

    @Test func aServerThatStopsFinishesWhatItAnswers() async throws {
        let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
        let (steps, next) = AsyncStream.makeStream(of: Void.self)
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.takeRequest()
            arrived.yield()
            var step = steps.makeAsyncIterator()
            await step.next()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.send(BodyTests.get)
        var arrival = arrivals.makeAsyncIterator()
        await arrival.next()
        gateway.quiesce()
        next.yield()
        #expect(try await client.takeAnswer().text == "ok")
        #expect(try await client.takeRest().readableBytes == 0)
    }
}
