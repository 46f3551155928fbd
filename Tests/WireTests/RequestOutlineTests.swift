import TestKit
import Testing
import Wire

/// Who lets a request pass reads of it what who answers it reads: the same end, the same refusals.
@Suite struct RequestOutlineTests {
    static func outline(_ text: String) throws -> RequestOutline {
        let reading = try Array(text.utf8).withUnsafeBytes { bytes in
            try RequestOutline.read(bytes, limits: RequestHeadTests.limits)
        }
        guard case .whole(let outline, let bytes) = reading, bytes == text.utf8.count else {
            throw HeadFault.malformed("it is not whole")
        }
        return outline
    }

    static let lines = [
        "Host: h", "Host: h", "Host: h", "Host: i", "Connection: close", "Connection: keep-alive",
        "Connection: x, Upgrade", "Connection: Upgrade,close", "Upgrade: websocket", "Content-Length: 5",
        "Content-Length: 0", "Content-Length: 05", "Content-Length: x", "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip", "X: y", "X:", "A b", " folded", "Cookie: a=b", "Expect: 100-continue",
        "Bad\u{1}: x", "X: \u{7f}", "Connection: te, , Keep-Alive",
    ]

    @Test(arguments: 1...20)
    func theOutlineSaysWhatTheHeadSays(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<200 {
            let version = ["1.1", "1.1", "1.1", "1.0", "1.2"].randomElement(using: &random) ?? "1.1"
            let lines = (0..<Int.random(in: 0...6, using: &random)).compactMap { _ in
                Self.lines.randomElement(using: &random)
            }
            let text = (["GET /a HTTP/\(version)"] + lines).joined(separator: "\r\n") + "\r\n\r\n"
            let head = try? RequestHeadTests.head(text)
            let outline = try? Self.outline(text)
            #expect((head == nil) == (outline == nil), "seed \(seed), round \(round): \(text)")
            #expect(head?.framing == outline?.framing, "seed \(seed), round \(round): \(text)")
            #expect(head?.keepsAlive == outline?.keepsAlive, "seed \(seed), round \(round): \(text)")
            #expect(head?.asksUpgrade == outline?.asksUpgrade, "seed \(seed), round \(round): \(text)")
        }
    }
}
