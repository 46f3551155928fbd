import Wire

/// What a caller of the gateway shows, and where it stood.
public enum RouteCredential: Hashable, Sendable {
    /// `?token=…`: an address that was handed on. A browser gets a cookie for it.
    case query(String)
    /// `Authorization: token …` as Jupyter's clients write it, `Bearer …`, or a key of services by itself as ModelArts
    /// has it beside `X-Api-Key-Type`.
    case header(String)
    /// The door's cookie.
    case cookie(String)

    public var token: String {
        switch self {
        case .query(let token), .header(let token), .cookie(let token): token
        }
    }

    init?(_ head: RequestHead, cookie: String) {
        if let query = head.query, let token = Self.token(in: query) {
            self = .query(token)
        } else if let value = head.fields.first(.authorization), let token = Self.token(of: value) {
            self = .header(token)
        } else if let token = Self.cookie(cookie, in: head.fields) {
            self = .cookie(token)
        } else {
            return nil
        }
    }

    private static func token(in query: String) -> String? {
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) where pair.starts(with: "token=".utf8) {
            return String(decoding: pair.dropFirst(6), as: UTF8.self)
        }
        return nil
    }

    /// The token of an Authorization header; nil for signatures and passwords, which are not the gateway's.
    private static func token(of value: String) -> String? {
        if value.hasPrefix(ServiceKey.prefix) { return value }
        let parts = value.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, ["token", "bearer"].contains(parts[0].lowercased()) else { return nil }
        return String(parts[1])
    }

    static func cookie(_ name: String, in fields: HeadFields) -> String? {
        for field in fields.list where field.kind == .cookie {
            for pair in fields.bytes[field.value].split(separator: UInt8(ascii: ";")) {
                let pair = pair.drop { $0 == UInt8(ascii: " ") }
                if pair.starts(with: name.utf8), pair.dropFirst(name.utf8.count).first == UInt8(ascii: "=") {
                    return String(decoding: pair.dropFirst(name.utf8.count + 1), as: UTF8.self)
                }
            }
        }
        return nil
    }
}
