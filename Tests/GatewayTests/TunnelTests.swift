import Kernel
import NIOCore
import Platform
import Synchronization
import Testing

@testable import Gateway

/// WebSockets, and whatever else leaves HTTP.
@Suite struct TunnelTests {
    static let upgrade =
        "GET /nb/7/ws HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n"
    static let agreed =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Own: 1\r\n\r\n"

    /// An upstream that agrees to leave HTTP, after answering what else it is asked, and then runs a script.
    static func start(
        _ script: @escaping @Sendable (RawConnection) async throws -> Void
    ) async throws -> TestUpstream {
        try await TestUpstream.start { connection in
            while true {
                let (head, _) = try await connection.takeRequest()
                if head.contains("Upgrade: websocket\r\n") { break }
                try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            }
            try await connection.send(agreed)
            try await script(connection)
        }
    }

    static func echo() async throws -> TestUpstream {
        try await start { connection in
            while true {
                let bytes = try await connection.take { bytes, hasEnded in
                    bytes.readableBytes > 0 || hasEnded ? bytes.readableBytes : nil
                }
                if bytes.readableBytes == 0 { return }
                try await connection.send(bytes)
            }
        }
    }

    static func open(_ gateway: TestGateway, _ client: RawConnection? = nil) async throws -> RawConnection {
        let client = if let client { client } else { try await gateway.connect() }
        try await client.send(upgrade)
        let answer = try await client.takeAnswer()
        #expect(answer.status == 101 && answer["upgrade"] == "websocket" && answer["connection"] == "Upgrade")
        #expect(answer["x-own"] == "1")
        return client
    }

    @Test func bytesPassBothWays() async throws {
        let upstream = try await Self.echo()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await Self.open(gateway)
        for number in 0..<20 {
            try await client.send("message \(number)")
            _ = try await client.take(through: "message \(number)")
        }
    }

    @Test func anyRequestOfAConnectionMayLeaveHTTP() async throws {
        let upstream = try await Self.echo()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        for target in ["/nb/7", "/api", "/nb/7"] {
            try await client.send("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.takeAnswer().status == 200)
        }
        _ = try await Self.open(gateway, client)
        try await client.send("hello")
        _ = try await client.take(through: "hello")
        #expect(upstream.connections == 1)
    }

    /// Neither side need wait for the other's first byte, nor for the head to be read.
    @Test func whatComesWithTheHeadsIsNotLost() async throws {
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.take(through: "\r\n\r\n")
            try await connection.send(Self.agreed + "first")
            #expect(String(buffer: try await connection.take(count: 5)) == "early")
            try await connection.send("done")
        }
        let gateway = try await TestGateway.start(
            resolver: TestResolver(waits: true) { _ in .forward(Forward(to: upstream.upstream)) })
        let client = try await gateway.connect()
        try await client.send(Self.upgrade + "early")
        #expect(try await client.takeAnswer().status == 101)
        _ = try await client.take(through: "firstdone")
        #expect(try await client.takeRest().readableBytes == 0)
    }

    @Test func anAnswerThatDoesNotAgreeIsAnAnswer() async throws {
        let gateway = try await BodyTests.start(answering: "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        let client = try await gateway.connect()
        for _ in 0..<2 {
            try await client.send(Self.upgrade)
            let answer = try await client.takeAnswer()
            #expect(answer.status == 404 && answer.text == "no")
        }
    }

    @Test func theClientMayEndFirst() async throws {
        let upstream = try await Self.start { connection in
            let came = try await connection.takeRest()
            try await connection.send("came: \(String(buffer: came))")
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await Self.open(gateway)
        try await client.send("all")
        try await client.closeOutput()
        #expect(String(buffer: try await client.takeRest()) == "came: all")
        try await BodyTests.settles { gateway.openConnections == 0 }
    }

    @Test func theUpstreamMayEndFirst() async throws {
        let (rests, rest) = AsyncStream.makeStream(of: String.self)
        let upstream = try await Self.start { connection in
            try await connection.send("bye")
            try await connection.closeOutput()
            rest.yield(String(buffer: try await connection.takeRest()))
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await Self.open(gateway)
        #expect(String(buffer: try await client.takeRest()) == "bye")
        try await client.send("still here")
        try await client.closeOutput()
        var rested = rests.makeAsyncIterator()
        #expect(await rested.next() == "still here")
        try await BodyTests.settles { gateway.openConnections == 0 }
    }

    @Test func aDeadUpstreamEndsTheTunnel() async throws {
        let upstream = try await Self.start { connection in try await connection.reset() }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await Self.open(gateway)
        #expect(try await client.takeRest().readableBytes == 0)
        try await BodyTests.settles { gateway.openConnections == 0 }
    }

    @Test func aServerThatStopsClosesItsTunnels() async throws {
        let upstream = try await Self.echo()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await Self.open(gateway)
        gateway.quiesce()
        #expect(try await client.takeRest().readableBytes == 0)
        try await BodyTests.settles { gateway.openConnections == 0 }
    }

    /// Every deadline that there is has passed several times.
    @Test func anIdleTunnelIsNeverCut() async throws {
        let upstream = try await Self.echo()
        var limits = ProxyLimits.quick
        limits.tick = .milliseconds(5)
        limits.idleTime = .milliseconds(20)
        limits.stallTime = .milliseconds(20)
        limits.headTime = .milliseconds(20)
        limits.upstreamIdleTime = .milliseconds(20)
        let gateway = try await TestGateway.start(to: upstream.upstream, limits: limits)
        let client = try await Self.open(gateway)
        try await Task.sleep(for: .milliseconds(400))
        try await client.send("hello")
        _ = try await client.take(through: "hello")
    }

    /// A frame of 100 MB to an upstream that reads nothing at first, and back to a client that reads nothing at first.
    @Test func aHugeFramePassesInConstantMemory() async throws {
        let size = 100 << 20
        let (steps, next) = AsyncStream.makeStream(of: Void.self)
        let upstream = try await Self.start { connection in
            try await connection.setReading(false)
            var step = steps.makeAsyncIterator()
            await step.next()
            try await connection.setReading(true)
            try await connection.discard(count: size)
            try await connection.sendZeros(size)
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await Self.open(gateway)
        let before = BodyTests.residentBytes()
        async let sent: Void = client.sendZeros(size)
        try await Task.sleep(for: .milliseconds(200))
        #expect(BodyTests.residentBytes() - before < 64 << 20)
        next.yield()
        try await sent
        try await client.discard(count: size)
        #expect(BodyTests.residentBytes() - before < 64 << 20)
    }

    /// What "idle" is judged by.
    @Test func useIsCounted() async throws {
        let upstream = try await Self.echo()
        let clock = StepClock()
        let activities = RouteActivities(clock: clock)
        let reports = Reports()
        let gateway = try await TestGateway.start(to: upstream.upstream) { forward, request in
            forward.activity = activities.activity(of: request.subject)
            forward.watcher = reports
        }
        clock.milliseconds.store(1_000, ordering: .relaxed)
        let client = try await Self.open(gateway)
        let activity = activities.activity(of: "7")
        #expect(activity.openTunnels == 1 && activity.openExchanges == 0)
        #expect(activity.lastActivity.milliseconds == 1_000)
        clock.milliseconds.store(2_000, ordering: .relaxed)
        try await client.send("hello")
        _ = try await client.take(through: "hello")
        #expect(activity.lastActivity.milliseconds == 2_000)
        #expect(activity.bytesUp == 5 && activity.bytesDown == 5)
        clock.milliseconds.store(3_000, ordering: .relaxed)
        try await client.send(ByteBuffer(bytes: [0x89, 0x00]))
        _ = try await client.take(count: 2)
        #expect(activity.lastActivity.milliseconds == 2_000)
        await client.close()
        try await BodyTests.settles { activity.openTunnels == 0 && reports.all.withLock { $0.count == 1 } }
        let report = try #require(reports.all.withLock { $0.first })
        #expect(report.status == 101 && report.bytesUp == 7 && report.bytesDown == 7)
    }

    @Test func everyRequestIsReportedOnce() async throws {
        let upstream = try await ForwardTests.mirror()
        let activities = RouteActivities(clock: StepClock())
        let reports = Reports()
        let gateway = try await TestGateway.start(to: upstream.upstream) { forward, request in
            forward.activity = activities.activity(of: "7")
            forward.watcher = reports
            if request.path == "/nb/absent" { forward.upstream = .loopback(port: 1) }
        }
        let answer = try await gateway.ask("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        _ = try await gateway.ask("GET /nb/absent HTTP/1.1\r\nHost: h\r\n\r\n")
        let all = reports.all.withLock { $0 }
        #expect(all.map(\.status) == [200, 502])
        #expect(all.map(\.outcome) == [.answered, .upstreamFailed])
        #expect(all.first?.bytesUp == 3 && all.first?.bytesDown == Int64(answer.body.count))
        #expect(activities.activity(of: "7").openExchanges == 0)
        #expect(activities.activity(of: "7").bytesDown == Int64(answer.body.count))
    }

    final class Reports: ExchangeWatcher {
        let all = Mutex<[ExchangeReport]>([])
        func ended(_ report: ExchangeReport) { all.withLock { $0.append(report) } }
    }

    final class StepClock: WallClock {
        let milliseconds = Atomic<Int64>(0)
        func now() -> Instant { Instant(milliseconds: milliseconds.load(ordering: .relaxed)) }
    }
}
