import NIOCore
import Wire

/// The head that a client is sent in place of the upstream's.
struct ClientHead {
    /// What stands between the head and the client's reading of the body.
    enum Framing {
        case asItCame
        /// The upstream ends its body with the connection; the client is told where it ends.
        case madeChunked
        /// The client is too old for chunks; its body ends with the connection.
        case madePlain
    }

    let head: ResponseHead
    let framing: Framing
    /// What is said of the connection, nil for nothing.
    let connection: Connection?
    let id: RequestID

    enum Connection { case close, keepAlive, upgrade }

    /// Writes all of it.
    func write(into buffer: inout ByteBuffer) {
        let bytes = head.fields.bytes
        buffer.writeStaticString("HTTP/1.1 ")
        buffer.writeBytes(bytes[head.statusRange])
        buffer.writeStaticString("\r\n")
        let named = head.namesFields ? Set(head.fields.words(.connection)) : []
        var run = 0..<0
        for field in head.fields.list {
            if passes(field, named: named) {
                run = run.isEmpty ? field.line : run.lowerBound..<field.line.upperBound
                continue
            }
            buffer.writeBytes(bytes[run])
            run = 0..<0
        }
        buffer.writeBytes(bytes[run])
        switch connection {
        case .close: buffer.writeStaticString("Connection: close\r\n")
        case .keepAlive: buffer.writeStaticString("Connection: keep-alive\r\n")
        case .upgrade: writeUpgrade(into: &buffer)
        case nil: break
        }
        if case .madeChunked = framing { buffer.writeStaticString("Transfer-Encoding: chunked\r\n") }
        buffer.writeStaticString("X-Request-Id: ")
        id.write(into: &buffer)
        buffer.writeStaticString("\r\n\r\n")
    }

    private func passes(_ field: HeadFields.Field, named: Set<String>) -> Bool {
        switch field.kind {
        case .requestID: false
        // A challenge to authenticate to a proxy would be ours.
        case .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .proxyAuthorization, .te, .upgrade: false
        case .transferEncoding: if case .asItCame = framing { true } else { false }
        case .contentLength: true
        default: named.isEmpty || !named.contains(head.fields.text(field.name).lowercased())
        }
    }

    private func writeUpgrade(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("Connection: Upgrade\r\n")
        for field in head.fields.list where field.kind == .upgrade { buffer.writeBytes(head.fields.bytes[field.line]) }
    }
}
