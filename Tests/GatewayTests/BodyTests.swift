import Glibc
import NIOCore
import Platform
import Testing

@testable import Gateway

/// Bodies in both directions, and where they end.
@Suite struct BodyTests {
    /// A gateway in front of an upstream that always answers the same.
    static func start(answering answer: String, thenCloses: Bool = false) async throws -> TestGateway {
        let upstream = try await TestUpstream.start { connection in
            repeat {
                _ = try await connection.takeRequest()
                try await connection.send(answer)
            } while !thenCloses
        }
        return try await TestGateway.start(to: upstream.upstream)
    }

    static let get = "GET /nb/7 HTTP/1.1\r\nHost: h\r\n\r\n"

    @Test func chunksAndTrailersPassAsTheyAre() async throws {
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n"
        let body = "3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"
        let gateway = try await Self.start(answering: answer + body)
        let client = try await gateway.connect()
        for _ in 0..<2 {
            try await client.send(Self.get)
            #expect(try await client.take(through: "\r\n\r\n").contains("Trailer: T\r\n"))
            #expect(String(buffer: try await client.take(count: body.utf8.count)) == body)
        }
    }

    @Test func aChunkedRequestPasses() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.send("POST /nb/7 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")
        try await client.send("lo\r\n3\r\nyou\r\n0\r\n\r\n")
        #expect(try await client.takeAnswer().text.hasSuffix("\r\n\r\nhelloyou"))
    }

    @Test(arguments: [
        ("HEAD", "200 OK\r\nContent-Length: 5"), ("HEAD", "200 OK\r\nTransfer-Encoding: chunked"),
        ("GET", "204 No Content"),
        ("GET", "304 Not Modified\r\nContent-Length: 5"), ("GET", "200 OK\r\nContent-Length: 0"),
    ])
    func answersWithoutABodyEndWithTheirHead(method: String, head: String) async throws {
        let gateway = try await Self.start(answering: "HTTP/1.1 \(head)\r\n\r\n")
        let client = try await gateway.connect()
        for _ in 0..<3 {
            try await client.send("\(method) /nb/7 HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.takeAnswer(isHead: true).status == Int(head.prefix(3)))
        }
    }

    @Test func aBodyThatEndsWithItsConnectionIsToldInChunks() async throws {
        let gateway = try await Self.start(answering: "HTTP/1.1 200 OK\r\n\r\nhello", thenCloses: true)
        let client = try await gateway.connect()
        for _ in 0..<2 {
            try await client.send(Self.get)
            let answer = try await client.takeAnswer()
            #expect(answer["transfer-encoding"] == "chunked")
            #expect(answer.text == "hello" && answer.isComplete)
        }
    }

    @Test func aClientOfTheOldKindGetsNoChunks() async throws {
        let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        let gateway = try await Self.start(answering: chunked)
        let answer = try await gateway.ask("GET /nb/7 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        #expect(answer.text == "abcde")
        #expect(answer["connection"] == "close" && answer["transfer-encoding"] == nil)
        let plain = try await Self.start(answering: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        let client = try await plain.connect()
        for _ in 0..<2 {
            try await client.send("GET /nb/7 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            let answer = try await client.takeAnswer()
            #expect(answer.text == "ok" && answer["connection"] == "keep-alive")
        }
    }

    @Test func interimAnswersGoBeforeTheAnswer() async throws {
        let upstream = try await TestUpstream.start { connection in
            let head = try await connection.take(through: "\r\n\r\n")
            guard head.contains("Expect: 100-continue") else { return }
            try await connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n")
            let body = try await connection.take(count: 4)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\(String(buffer: body))")
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.send(
            "POST /nb/7 HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n")
        #expect(try await client.takeAnswer()["link"] == "</a>")
        #expect(try await client.takeAnswer().status == 100)
        try await client.send("body")
        #expect(try await client.takeAnswer().text == "body")
    }

    /// The client may not know any more what its next bytes are, so nothing follows on the connection.
    @Test func anAnswerBeforeTheWholeRequestEndsTheConnection() async throws {
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.take(through: "\r\n\r\n")
            try await connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
            _ = try await connection.takeRest()
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.send("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nabc")
        let answer = try await client.takeAnswer()
        #expect(answer.status == 413 && answer.text == "no" && answer["connection"] == "close")
        #expect(try await client.takeRest().readableBytes == 0)
    }

    /// Events reach the client as they are made, not when the answer is complete.
    @Test func eventsAreNotHeldBack() async throws {
        let (steps, next) = AsyncStream.makeStream(of: Void.self)
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.takeRequest()
            try await connection.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
            var number = 0
            for await _ in steps {
                try await connection.send("9\r\ndata: \(number)\n\n\r\n")
                number += 1
            }
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.send(Self.get)
        _ = try await client.take(through: "\r\n\r\n")
        for number in 0..<3 {
            next.yield()
            _ = try await client.take(through: "data: \(number)\n\n\r\n")
        }
        next.finish()
    }

    static let large = 256 << 20

    /// The memory that the process has in use may grow by what is on its way, not by what has passed.
    @Test func aLargeAnswerPassesInConstantMemory() async throws {
        let upstream = try await TestUpstream.start { connection in
            _ = try await connection.takeRequest()
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: \(Self.large)\r\n\r\n")
            try await connection.sendZeros(Self.large)
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        try await client.setReading(false)
        try await client.send(Self.get)
        let before = Self.residentBytes()
        // Nothing is read for a while, so that everything between the two fills up and stops.
        try await Self.settles { upstream.connections == 1 && Self.residentBytes() - before < 128 << 20 }
        try await client.setReading(true)
        _ = try await client.take(through: "\r\n\r\n")
        try await client.discard(count: Self.large)
        #expect(Self.residentBytes() - before < 128 << 20)
    }

    @Test func aLargeRequestPassesInConstantMemory() async throws {
        let upstream = try await TestUpstream.start { connection in
            try await connection.setReading(false)
            try await connection.setReading(true)
            _ = try await connection.take(through: "\r\n\r\n")
            try await connection.discard(count: Self.large)
            try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        }
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        let before = Self.residentBytes()
        try await client.send("PUT /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: \(Self.large)\r\n\r\n")
        try await client.sendZeros(Self.large)
        #expect(try await client.takeAnswer().text == "ok")
        #expect(Self.residentBytes() - before < 128 << 20)
    }

    /// Waits for a condition.
    static func settles(_ condition: @escaping () -> Bool) async throws {
        for _ in 0..<4_000 where !condition() { try await Task.sleep(for: .milliseconds(5)) }
        #expect(condition())
    }

    static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        guard fgets(&line, 256, file) != nil else { return 0 }
        let text = String(decoding: line.map { UInt8(bitPattern: $0) }.prefix { $0 != 0 }, as: UTF8.self)
        return (Int(text.split(separator: " ")[1]) ?? 0) * Int(getpagesize())
    }
}

extension RawConnection {
    /// Sends so many zeros, each piece when the one before has gone.
    func sendZeros(_ count: Int) async throws {
        let piece = ByteBuffer(repeating: 0, count: 1 << 20)
        for _ in 0..<count >> 20 { try await send(piece) }
    }
}
