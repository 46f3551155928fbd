/// What a header field means to somebody who passes a message on; all others are `other`.
public enum FieldKind: UInt8, Sendable {
    case other
    case host, connection, keepAlive, proxyConnection, proxyAuthenticate, proxyAuthorization, te, transferEncoding
    case contentLength, upgrade, expect, cookie, authorization, authToken, appCode, requestID, accept, origin
    case secFetchSite, forwarded, forwardedFor, forwardedProto, forwardedHost, realIP, trailer

    /// Whether the field belongs to one connection and ends there (RFC 9110, 7.6.1).
    public var isHopByHop: Bool {
        switch self {
        case .connection, .keepAlive, .proxyConnection, .proxyAuthenticate, .proxyAuthorization, .te, .upgrade: true
        default: false
        }
    }

    /// The kind of the name that stands at a range of bytes, in either case.
    static func named(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> FieldKind {
        func isName(_ name: StaticString) -> Bool { Self.equals(bytes, start, end, name) }
        switch end - start {
        case 2: return isName("te") ? .te : .other
        case 4: return isName("host") ? .host : .other
        case 6:
            if isName("accept") { return .accept }
            if isName("cookie") { return .cookie }
            if isName("origin") { return .origin }
            return isName("expect") ? .expect : .other
        case 7: return isName("upgrade") ? .upgrade : isName("trailer") ? .trailer : .other
        case 9: return isName("x-real-ip") ? .realIP : isName("forwarded") ? .forwarded : .other
        case 10: return isName("connection") ? .connection : isName("keep-alive") ? .keepAlive : .other
        case 12: return isName("x-auth-token") ? .authToken : isName("x-request-id") ? .requestID : .other
        case 13: return isName("authorization") ? .authorization : .other
        case 14:
            if isName("x-apig-appcode") { return .appCode }
            return isName("content-length") ? .contentLength : isName("sec-fetch-site") ? .secFetchSite : .other
        case 15: return isName("x-forwarded-for") ? .forwardedFor : .other
        case 16:
            return isName("x-forwarded-host") ? .forwardedHost : isName("proxy-connection") ? .proxyConnection : .other
        case 17:
            return isName("transfer-encoding")
                ? .transferEncoding : isName("x-forwarded-proto") ? .forwardedProto : .other
        case 18: return isName("proxy-authenticate") ? .proxyAuthenticate : .other
        case 19: return isName("proxy-authorization") ? .proxyAuthorization : .other
        default: return .other
        }
    }

    /// Whether a range of bytes is a word of lower-case letters, in either case.
    static func equals(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int, _ word: StaticString) -> Bool {
        guard end - start == word.utf8CodeUnitCount else { return false }
        for index in 0..<word.utf8CodeUnitCount {
            let byte = bytes[start + index]
            let isUpper = byte &- UInt8(ascii: "A") < 26
            if (isUpper ? byte | 0x20 : byte) != word.utf8Start[index] { return false }
        }
        return true
    }
}
