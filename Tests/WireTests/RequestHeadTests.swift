import Testing
import Wire

/// Heads of requests: what is read, and what could be read in two ways and is not read at all.
@Suite struct RequestHeadTests {
    static let limits = HeadLimits(bytes: 4_096, fieldBytes: 512, fields: 20)

    static func read(_ text: String, searched: Int = 0) throws(HeadFault) -> HeadReading<RequestHead> {
        let bytes = Array(text.utf8)
        let result: Result<HeadReading<RequestHead>, HeadFault> = bytes.withUnsafeBytes { bytes in
            do throws(HeadFault) {
                return .success(try RequestHead.read(bytes, searched: searched, limits: limits))
            } catch { return .failure(error) }
        }
        return try result.get()
    }

    static func head(_ text: String) throws -> RequestHead {
        guard case .whole(let head, _) = try read(text) else { throw HeadFault.malformed("it is not whole") }
        return head
    }

    @Test func aHeadIsReadWithItsParts() throws {
        let head = try Self.head("GET /a/b?c=d&e HTTP/1.1\r\nHost: h\r\nCookie: a=1; b=2\r\nX-Odd:\t v \r\n\r\n")
        #expect((head.method, head.path) == ("GET", "/a/b"))
        #expect(head.query == "c=d&e")
        #expect(head.fields.first(named: "x-odd") == "v")
        #expect(head.fields.first(.cookie) == "a=1; b=2")
        #expect(head.framing == .none)
        #expect(head.keepsAlive && !head.asksUpgrade && head.isIdempotent)
    }

    @Test func anAbsoluteTargetIsItsPath() throws {
        #expect(try Self.head("GET http://h:80/a?b HTTP/1.1\r\nHost: h\r\n\r\n").target == "/a?b")
    }

    /// Cut at any byte, the head is not there yet, and the search goes on where it stopped.
    @Test func aHeadInPiecesIsFoundWhereItEnds() throws {
        let text = "PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n"
        var searched = 0
        for count in 0..<text.utf8.count {
            guard
                case .partial(let next) = try Self.read(
                    String(decoding: text.utf8.prefix(count), as: UTF8.self), searched: searched)
            else {
                Issue.record("\(count) bytes are no head")
                return
            }
            searched = next
        }
        guard case .whole(let head, let bytes) = try Self.read(text + "abc", searched: searched) else {
            Issue.record("the head is whole")
            return
        }
        #expect(bytes == text.utf8.count)
        #expect(head.framing == .length(3))
    }

    @Test(arguments: [
        ("GET / HTTP/1.1\r\nHost: h\r\n\r\n", true), ("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n", false),
        ("GET / HTTP/1.1\r\nHost: h\r\nConnection: x, Close\r\n\r\n", false), ("GET / HTTP/1.0\r\n\r\n", false),
        ("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true),
    ])
    func theConnectionGoesOnAsAsked(text: String, keepsAlive: Bool) throws {
        #expect(try Self.head(text).keepsAlive == keepsAlive)
    }

    @Test(arguments: [
        "Content-Length: 3\r\nTransfer-Encoding: chunked", "Transfer-Encoding: chunked\r\nContent-Length: 3",
        "Content-Length: 3\r\nContent-Length: 3", "Content-Length: 3\r\ncontent-length: 4", "Content-Length: 3, 3",
        "Content-Length: +3", "Content-Length: -3", "Content-Length: 0x3", "Content-Length: ", "Content-Length: 3 4",
        "Content-Length: 9999999999999999999", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        "Transfer-Encoding: chunked, chunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: \"chunked\"", "Transfer-Encoding : chunked",
        " Transfer-Encoding: chunked", "X: y\r\n Transfer-Encoding: chunked", "X: y\r\n\tfolded",
        "Transfer\u{0}-Encoding: chunked", "X: a\u{0}b", "X: a\rb", "X: a\nContent-Length: 3", "X y: z", ": z", "X",
        "Host: other", "Content-Length\r\n: 3",
    ])
    func whatCanBeReadInTwoWaysIsRefused(fields: String) {
        #expect(throws: HeadFault.self) { try Self.head("POST / HTTP/1.1\r\nHost: h\r\n\(fields)\r\n\r\n") }
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\n\r\n", "GET /\r\n\r\n", "GET  / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", "GET / http/1.1\r\nHost: h\r\n\r\n",
        "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", "GET /\u{e9} HTTP/1.1\r\nHost: h\r\n\r\n",
        "G@T / HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\nHost: h\n\n", "GET / HTTP/1.1\r\nHost: h\n\r\n", "\u{0}\r\n\r\n",
        " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "GET / HTTP/1.1\r\r\nHost: h\r\n\r\n",
    ])
    func whatIsNoRequestIsRefused(text: String) {
        #expect(throws: HeadFault.self) { try Self.head(text) }
    }

    @Test func whatIsTooLargeIsSaidSo() {
        let long = String(repeating: "x", count: 600)
        #expect(throws: HeadFault.tooLarge) { try Self.head("GET / HTTP/1.1\r\nHost: h\r\nX: \(long)\r\n\r\n") }
        #expect(throws: HeadFault.tooLarge) { try Self.head("GET /\(String(repeating: long, count: 8)) HTTP/1.1") }
        let many = String(repeating: "X: y\r\n", count: 21)
        #expect(throws: HeadFault.tooLarge) { try Self.head("GET / HTTP/1.1\r\nHost: h\r\n\(many)\r\n") }
    }
}
