public import Wire

/// A request that the gateway asks about: its head and where it came from; its body has not been read.
public struct RouteRequest: Sendable {
    public let head: RequestHead
    /// The address of whoever is connected, without the port.
    public let peer: String
    /// What the caller shows, in the order in which the gateway looks: `?token=`, `Authorization: token …` or
    /// `Bearer …`, the door's cookie.
    public let credential: RouteCredential?

    private let door: String

    /// Looks at a head as the door sees it.
    public init(head: RequestHead, peer: String, door: RouteDoor) {
        self.head = head
        self.peer = peer
        self.door = door.prefix
        credential = RouteCredential(head, cookie: door.cookie)
    }

    public var method: String { head.method }
    public var path: String { head.path }

    /// The part of the path between the door's prefix and the next slash: what is asked for. It is written as it came,
    /// so an id that is looked up must be compared, never decoded.
    public var subject: String {
        let bytes = head.fields.bytes[head.pathRange].dropFirst(door.utf8.count)
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "/") }, as: UTF8.self)
    }

    /// The value of a header, whose name is written in lower case.
    public func header(_ name: String) -> String? { head.fields.first(named: name) }

    /// The value of a cookie.
    public func cookie(_ name: String) -> String? { RouteCredential.cookie(name, in: head.fields) }

    /// Whether a person's browser goes there, so that a page or a redirect is of use.
    public var isNavigation: Bool {
        head.isMethod("GET") && !head.asksUpgrade && head.fields.first(.accept)?.contains("text/html") == true
    }

    /// Whether a browser says that the page of another site sends this: `Sec-Fetch-Site`, else `Origin` beside `Host`.
    ///
    /// WebSockets always have an origin, and not every browser knows what site an address of theirs is of.
    public var isFromAnotherSite: Bool {
        let origin = head.fields.first(.origin)
        if let site = head.fields.first(.secFetchSite), origin == nil || !head.asksUpgrade {
            return site != "same-origin" && site != "none"
        }
        guard let origin else { return false }
        let host = origin.utf8.firstIndex(of: UInt8(ascii: "/")).map { slash in
            String(decoding: origin.utf8[slash...].drop { $0 == UInt8(ascii: "/") }, as: UTF8.self)
        }
        return host != head.fields.first(.host)
    }
}
