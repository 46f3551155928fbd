import NIOCore
import Platform
import TestKit
import Testing

@testable import Gateway

/// Valid requests and answers cut anywhere: through the gateway everything is as it is without it.
@Suite struct CuttingTests {
    /// A request, the answer that its upstream gives, and what both say without their framing.
    struct Case {
        let request: String
        let answer: String
        let isHead: Bool
    }

    static func made(_ random: inout SeededGenerator, _ number: Int) -> Case {
        let methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"]
        let method = methods[Int.random(in: 0..<methods.count, using: &random)]
        let target = "/nb/\(number)/" + text(&random, 0...40)
        let fields = (0..<Int.random(in: 0...6, using: &random)).map { "X-F\($0): \(text(&random, 1...30))\r\n" }
            .joined()
        let hasBody = method != "GET" && method != "HEAD" && method != "DELETE"
        let request =
            "\(method) \(target) HTTP/1.1\r\nHost: h\r\n\(fields)" + (hasBody ? framed(&random) : "\r\n")
        let status =
            ["200 OK", "404 Not Found", "500 Broken", "204 No Content", "304 Not Modified"]
            .randomElement(using: &random) ?? "200 OK"
        let isBodiless = status.hasPrefix("204") || status.hasPrefix("304") || method == "HEAD"
        let answer = "HTTP/1.1 \(status)\r\n\(fields)" + (isBodiless ? "\r\n" : framed(&random))
        return Case(request: request, answer: answer, isHead: isBodiless)
    }

    /// The end of a head with a body, by length or in chunks.
    static func framed(_ random: inout SeededGenerator) -> String {
        let pieces = (0..<Int.random(in: 0...5, using: &random)).map { _ in text(&random, 1...3_000) }
        let body = pieces.joined()
        guard Bool.random(using: &random) else { return "Content-Length: \(body.utf8.count)\r\n\r\n\(body)" }
        let chunks = pieces.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }.joined()
        return "Transfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n"
    }

    static func text(_ random: inout SeededGenerator, _ count: ClosedRange<Int>) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
        let bytes = (0..<Int.random(in: count, using: &random)).map { _ in letters.randomElement(using: &random) ?? 97 }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func pieces(_ text: String, _ random: inout SeededGenerator) -> [ByteBuffer] {
        var rest = ByteBuffer(string: text)
        var pieces: [ByteBuffer] = []
        let most = [1, 7, 100, 5_000].randomElement(using: &random) ?? 1
        while rest.readableBytes > 0 {
            let count = min(rest.readableBytes, Int.random(in: 1...most, using: &random))
            if pieces.count > 60 {
                pieces.append(rest)
                break
            }
            if let piece = rest.readSlice(length: count) { pieces.append(piece) }
        }
        return pieces
    }

    @Test(arguments: 1...8) func theGatewayChangesNothingThatMatters(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let cases = (0..<30).map { Self.made(&random, $0) }
        let cuts = cases.map { (Self.pieces($0.request, &random), Self.pieces($0.answer, &random)) }
        let upstream = try await TestUpstream.start { connection in
            while true {
                let (head, body) = try await connection.takeRequest()
                let number = Int(head.split(separator: "/")[2]) ?? 0
                #expect(body == Self.body(of: cases[number].request), "seed \(seed), request \(number)")
                for piece in cuts[number].1 { try await connection.send(piece) }
            }
        }
        let waits = Bool.random(using: &random)
        let gateway = try await TestGateway.start(
            resolver: TestResolver(waits: waits) { _ in .forward(Forward(to: upstream.upstream)) })
        let client = try await gateway.connect()
        async let sending: Void = {
            for (pieces, _) in cuts { for piece in pieces { try await client.send(piece) } }
        }()
        for (number, one) in cases.enumerated() {
            let answer = try await client.takeAnswer(isHead: one.isHead)
            let lines = one.answer.split(separator: "\r\n", omittingEmptySubsequences: false)
            #expect(answer.status == Int(lines[0].split(separator: " ")[1]), "seed \(seed), request \(number)")
            #expect(answer.isComplete)
            #expect(answer.body == (one.isHead ? [] : Self.body(of: one.answer)), "seed \(seed), request \(number)")
            for line in lines.dropFirst().prefix(while: { $0.hasPrefix("X-F") }) {
                let parts = line.split(separator: ":", maxSplits: 1)
                #expect(answer[String(parts[0])] == String(parts[1].dropFirst()), "seed \(seed), request \(number)")
            }
        }
        try await sending
    }

    /// The content of a message of this test's own making.
    static func body(of message: String) -> [UInt8] {
        let parts = message.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let body = parts.count > 1 ? String(parts[1]) : ""
        guard parts[0].contains("chunked") else { return Array(body.utf8) }
        let lines = body.split(separator: "\r\n", omittingEmptySubsequences: false)
        return stride(from: 1, to: lines.count, by: 2).flatMap { Array(lines[$0].utf8) }
    }
}
