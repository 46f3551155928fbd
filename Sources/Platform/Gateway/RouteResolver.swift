public import Wire

/// Says where a request of the gateway goes: who may come in, and which process answers.
///
/// One stands behind each `RouteDoor`. The gateway asks `known` first, on the thread that serves the connection; only
/// where that has no answer does it ask `decide`, which may read the store.
public protocol RouteResolver: Sendable {
    /// The answer where it needs no waiting; nil otherwise. It must take microseconds: all connections of its
    /// thread wait.
    func known(_ request: RouteRequest) -> RouteDecision?

    /// The answer, however long it takes; the gateway gives up after `Limits.decisionSeconds`.
    func decide(_ request: RouteRequest) async -> RouteDecision

    /// The answer for a request whose body was needed; asked after `needsBody` alone.
    func decide(_ request: RouteRequest, body: [UInt8]) async -> RouteDecision

    /// Whether a request is a sign of life; false for what an open page asks by itself every few seconds.
    func isActivity(_ head: RequestHead) -> Bool
}

extension RouteResolver {
    public func known(_ request: RouteRequest) -> RouteDecision? { nil }
    public func decide(_ request: RouteRequest, body: [UInt8]) async -> RouteDecision { await decide(request) }
    public func isActivity(_ head: RequestHead) -> Bool { true }
}

/// A part of the paths that the gateway serves instead of the API.
public struct RouteDoor: Sendable {
    /// What the paths begin with, such as `/notebooks/`.
    public let prefix: String
    /// The cookie that bears a caller's token behind this door.
    public let cookie: String
    /// Cookies of the house that no process behind the door may see, besides that one.
    public let hiddenCookies: [String]
    public let resolver: any RouteResolver

    public init(prefix: String, cookie: String, hiddenCookies: [String] = [], resolver: any RouteResolver) {
        self.prefix = prefix
        self.cookie = cookie
        self.hiddenCookies = hiddenCookies
        self.resolver = resolver
    }
}
