import Testing
import Wire

/// Heads of answers.
@Suite struct ResponseHeadTests {
    static func head(_ text: String, isBodiless: Bool = false) throws -> ResponseHead {
        let limits = HeadLimits(bytes: 4_096, fieldBytes: 512, fields: 20)
        let reading = try Array(text.utf8).withUnsafeBytes { bytes in
            try ResponseHead.read(bytes, isBodiless: isBodiless, limits: limits)
        }
        guard case .whole(let head, _) = reading else { throw HeadFault.malformed("it is not whole") }
        return head
    }

    @Test(arguments: [
        ("200 OK\r\nContent-Length: 5", BodyFraming.length(5), true), ("200 OK", .untilClose, false),
        ("200 OK\r\nTransfer-Encoding: Chunked", .chunked, true), ("204 No Content", .none, true),
        ("304 Not Modified\r\nContent-Length: 5", .none, true), ("100 Continue", .none, true),
        ("200 OK\r\nContent-Length: 0\r\nConnection: close", .none, false), ("200\r\nContent-Length: 0", .none, true),
        ("299 \u{e9}\r\nContent-Length: 0", .none, true),
    ])
    func theBodyEndsWhereTheHeadSays(text: String, framing: BodyFraming, keepsAlive: Bool) throws {
        let head = try Self.head("HTTP/1.1 \(text)\r\n\r\n")
        #expect(head.framing == framing)
        #expect(head.keepsAlive == keepsAlive)
    }

    @Test func anAnswerToHeadHasNoBody() throws {
        #expect(try Self.head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", isBodiless: true).framing == .none)
    }

    @Test func anOldServerMustSayThatItGoesOn() throws {
        #expect(try !Self.head("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n").keepsAlive)
        #expect(try Self.head("HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n").keepsAlive)
    }

    @Test(arguments: [
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1 099 X\r\n\r\n",
        "ok\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\nA: b\n\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 200 OK\r\nA b\r\n\r\n",
    ])
    func nonsenseIsRefused(text: String) {
        #expect(throws: HeadFault.self) { try Self.head(text) }
    }
}
