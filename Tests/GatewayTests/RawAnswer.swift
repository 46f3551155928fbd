import NIOCore

/// An answer as a client reads it: written apart from the gateway's own reader, to hold it against another opinion.
struct RawAnswer: Sendable {
    let status: Int
    let fields: [(name: String, value: String)]
    let body: [UInt8]
    /// Whether the body ended where the head said.
    let isComplete: Bool

    var text: String { String(decoding: body, as: UTF8.self) }

    subscript(name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

extension RawConnection {
    /// Takes one answer.
    func takeAnswer(isHead: Bool = false) async throws -> RawAnswer {
        let lines = try await take(through: "\r\n\r\n").split(separator: "\r\n").map(String.init)
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        let fields = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            return (name: parts[0], value: parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
        }
        func value(_ name: String) -> String? { fields.first { $0.name.lowercased() == name }?.value }
        var body: [UInt8] = []
        var isComplete = true
        if isHead || status < 200 || status == 204 || status == 304 {
        } else if value("transfer-encoding")?.lowercased() == "chunked" {
            (body, isComplete) = try await takeChunks()
        } else if let length = value("content-length").flatMap(Int.init) {
            let piece = try await take("a body of \(length)") { bytes, hasEnded in
                bytes.readableBytes >= length || hasEnded ? min(length, bytes.readableBytes) : nil
            }
            body = Array(piece.readableBytesView)
            isComplete = body.count == length
        } else {
            body = Array(try await takeRest().readableBytesView)
        }
        return RawAnswer(status: status, fields: fields, body: body, isComplete: isComplete)
    }

    private func takeChunks() async throws -> (body: [UInt8], isComplete: Bool) {
        var body: [UInt8] = []
        while true {
            guard let line = try await takeLine() else { return (body, false) }
            let size = Int(line.split(separator: ";").first ?? "", radix: 16) ?? 0
            if size == 0 { break }
            let chunk = try await take("a chunk") { bytes, hasEnded in
                bytes.readableBytes >= size + 2 ? size + 2 : hasEnded ? 0 : nil
            }
            guard chunk.readableBytes == size + 2 else { return (body, false) }
            body += Array(chunk.readableBytesView.dropLast(2))
        }
        while let line = try await takeLine() { if line.isEmpty { return (body, true) } }
        return (body, false)
    }

    /// A line without its end; nil if the connection ends before it.
    private func takeLine() async throws -> String? {
        let line = try await take("a line") { bytes, hasEnded in
            bytes.readableBytesView.firstIndex(of: UInt8(ascii: "\n")).map { $0 - bytes.readerIndex + 1 }
                ?? (hasEnded ? 0 : nil)
        }
        return line.readableBytes == 0 ? nil : String(buffer: line).trimmingSuffix("\r\n")
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(decoding: utf8.dropLast(suffix.utf8.count), as: UTF8.self) : self
    }
}
