import TestKit
import Testing
import Wire

/// Chunked bodies, however they are cut.
@Suite struct ChunkReaderTests {
    /// What a reader makes of bytes that come in pieces: their content, and how many belong to the body.
    static func read(_ text: String, pieces: [Int]) throws -> (data: String, count: Int, isDone: Bool) {
        var reader = ChunkReader(trailerBytes: 64)
        let bytes = Array(text.utf8)
        var data: [UInt8] = []
        var start = 0
        var count = 0
        for piece in pieces + [bytes.count] where start < bytes.count {
            let part = Array(bytes[start..<min(bytes.count, start + piece)])
            start += part.count
            var ranges: [Range<Int>] = []
            count += try part.withUnsafeBytes { try reader.read($0) { ranges.append($0) } }
            for range in ranges { data += part[range] }
        }
        return (String(decoding: data, as: UTF8.self), count, reader.isDone)
    }

    @Test func everyCutGivesTheSame() throws {
        let body = "5\r\nhello\r\nA;name=\"x\"\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n"
        for first in 1..<body.utf8.count {
            let read = try Self.read(body + "GET", pieces: [first])
            #expect(read.data == "hello0123456789", "cut at \(first)")
            #expect(read.count == body.utf8.count)
            #expect(read.isDone)
        }
        let single = try Self.read(body, pieces: Array(repeating: 1, count: body.utf8.count))
        #expect(single.data == "hello0123456789")
    }

    @Test(arguments: [
        "\r\n", "x\r\n", "5 hello", "5\nhello\r\n", "5\r\nhelloX\r\n", "5\r\nhello\n0\r\n", "-1\r\n",
        "0x5\r\nhello\r\n",
        "fffffffffffffffff\r\n", "5;a\u{0}\r\n", "5;a\nhello", "0\r\n \r\n", "0\r\nX: \u{1}\r\n\r\n",
        "0\r\nX: \(String(repeating: "y", count: 65))\r\n\r\n", ";\r\n", "5;\(String(repeating: "e", count: 300))\r\n",
    ])
    func whatIsNotChunkedIsRefused(body: String) {
        #expect(throws: HeadFault.self) { try Self.read(body, pieces: []) }
    }
}
