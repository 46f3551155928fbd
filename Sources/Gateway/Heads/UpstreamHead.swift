import NIOCore
import Platform
import Wire

/// The head that an upstream is sent in place of the client's.
struct UpstreamHead {
    let head: RequestHead
    let forward: Forward
    let door: ReverseProxy.Door
    let peer: PeerAddress
    let id: RequestID
    /// Whether Authorization is the gateway's, which no upstream sees.
    let hidesAuthorization: Bool

    /// Writes all of it.
    func write(into buffer: inout ByteBuffer) {
        let bytes = head.fields.bytes
        buffer.writeBytes(bytes[head.methodRange])
        buffer.writeInteger(UInt8(ascii: " "))
        writeTarget(into: &buffer)
        buffer.writeStaticString(" HTTP/1.1\r\n")
        let named = head.namesFields ? Set(head.fields.words(.connection)) : []
        // Neighbours that pass are copied together.
        var run = 0..<0
        for field in head.fields.list {
            if passes(field, named: named) {
                run = run.isEmpty ? field.line : run.lowerBound..<field.line.upperBound
                continue
            }
            buffer.writeBytes(bytes[run])
            run = 0..<0
            if field.kind == .cookie { writeCookie(field, into: &buffer) }
        }
        buffer.writeBytes(bytes[run])
        writeOwn(into: &buffer)
    }

    private func passes(_ field: HeadFields.Field, named: Set<String>) -> Bool {
        switch field.kind {
        case .forwardedFor, .realIP, .requestID, .authToken, .appCode: return false
        case .forwarded, .forwardedProto, .forwardedHost: return peer.isTrusted
        case .authorization: return !hidesAuthorization && !isSignature(field) && !isReplaced(field, named)
        case .cookie: return !hidesCookie(field) && !isReplaced(field, named)
        case .other, .trailer, .accept, .origin, .secFetchSite, .expect: return !isReplaced(field, named)
        case .host, .contentLength, .transferEncoding: return true
        default: return !field.kind.isHopByHop
        }
    }

    private func isReplaced(_ field: HeadFields.Field, _ named: Set<String>) -> Bool {
        (!forward.fields.isEmpty && forward.fields.contains { head.fields.isNamed(field, $0.name) })
            || (!named.isEmpty && named.contains(head.fields.text(field.name).lowercased()))
    }

    /// The house's own signatures mean nothing to anybody else.
    private func isSignature(_ field: HeadFields.Field) -> Bool {
        head.fields.bytes[field.value].starts(with: "SDK-HMAC".utf8)
    }

    // MARK: - Target

    private func writeTarget(into buffer: inout ByteBuffer) {
        let bytes = head.fields.bytes
        let path = head.pathRange
        switch forward.path {
        case .asItCame: buffer.writeBytes(bytes[path])
        case .behindSubject(let prefix):
            let rest = bytes[path].dropFirst(door.prefix.count).drop { $0 != UInt8(ascii: "/") }
            buffer.writeString(prefix)
            if rest.isEmpty, prefix.isEmpty { buffer.writeInteger(UInt8(ascii: "/")) }
            buffer.writeBytes(rest)
        }
        buffer.writeBytes(Self.query(of: head))
    }

    /// The query with its question mark, without the token.
    static func query(of head: RequestHead) -> ArraySlice<UInt8> {
        let query = head.fields.bytes[head.pathRange.upperBound..<head.targetRange.upperBound]
        guard !query.isEmpty else { return query }
        let parts = query.dropFirst().split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
        guard parts.contains(where: { $0.starts(with: "token=".utf8) }) else { return query }
        let kept = parts.filter { !$0.starts(with: "token=".utf8) }
        return kept.isEmpty ? [] : [UInt8(ascii: "?")] + kept.joined(separator: [UInt8(ascii: "&")])
    }

    // MARK: - Cookies

    private func hidesCookie(_ field: HeadFields.Field) -> Bool {
        let value = head.fields.bytes[field.value]
        return value.split(separator: UInt8(ascii: ";")).contains(where: isHidden)
    }

    private func isHidden(_ pair: ArraySlice<UInt8>) -> Bool {
        let pair = pair.drop { $0 == UInt8(ascii: " ") }
        return door.hiddenCookies.contains { name in
            pair.starts(with: name) && pair.dropFirst(name.count).first == UInt8(ascii: "=")
        }
    }

    private func writeCookie(_ field: HeadFields.Field, into buffer: inout ByteBuffer) {
        let kept = head.fields.bytes[field.value].split(separator: UInt8(ascii: ";")).filter { !isHidden($0) }
            .map { $0.drop { $0 == UInt8(ascii: " ") } }.filter { !$0.isEmpty }
        guard !kept.isEmpty else { return }
        buffer.writeStaticString("Cookie: ")
        buffer.writeBytes(kept.joined(separator: Array("; ".utf8)))
        buffer.writeStaticString("\r\n")
    }

    // MARK: - The gateway's own fields

    private func writeOwn(into buffer: inout ByteBuffer) {
        if head.asksUpgrade {
            buffer.writeStaticString("Connection: Upgrade\r\nUpgrade: ")
            for field in head.fields.list where field.kind == .upgrade {
                buffer.writeBytes(head.fields.bytes[field.value])
                break
            }
            buffer.writeStaticString("\r\n")
        }
        writeForwarded(into: &buffer)
        for field in forward.fields { buffer.writeString("\(field.name): \(field.value)\r\n") }
        buffer.writeStaticString("X-Request-Id: ")
        id.write(into: &buffer)
        buffer.writeStaticString("\r\n\r\n")
    }

    /// What a client says of where it comes from is believed on this machine only, where a proxy with TLS may stand.
    private func writeForwarded(into buffer: inout ByteBuffer) {
        buffer.writeStaticString("X-Forwarded-For: ")
        var realIP: HeadFields.Field?
        var hasProto = false
        var hasHost = false
        if peer.isTrusted {
            for field in head.fields.list {
                switch field.kind {
                case .forwardedFor:
                    buffer.writeBytes(head.fields.bytes[field.value])
                    buffer.writeStaticString(", ")
                case .realIP: realIP = realIP ?? field
                case .forwardedProto: hasProto = true
                case .forwardedHost: hasHost = true
                default: break
                }
            }
        }
        buffer.writeBytes(peer.bytes)
        buffer.writeStaticString("\r\nX-Real-IP: ")
        if let realIP { buffer.writeBytes(head.fields.bytes[realIP.value]) } else { buffer.writeBytes(peer.bytes) }
        buffer.writeStaticString("\r\n")
        if !hasProto { buffer.writeStaticString("X-Forwarded-Proto: http\r\n") }
        if !hasHost, let host = head.fields.list.first(where: { $0.kind == .host }) {
            buffer.writeStaticString("X-Forwarded-Host: ")
            buffer.writeBytes(head.fields.bytes[host.value])
            buffer.writeStaticString("\r\n")
        }
    }
}
