/// Says where a request of the gateway goes: who may come in, and which process answers.
///
/// One stands behind each `RouteDoor`. The gateway asks `known` first, on the thread that serves the connection; only
/// where that has no answer does it ask `decide`, which may read the store.
public protocol RouteResolver: Sendable {
    /// The answer where it needs no waiting; nil otherwise. Must take microseconds: every connection of its thread waits.
    func known(_ request: RouteRequest) -> RouteDecision?

    /// The answer, however long it takes; the gateway gives up after `Limits.decisionSeconds`.
    func decide(_ request: RouteRequest) async -> RouteDecision
}

extension RouteResolver {
    public func known(_ request: RouteRequest) -> RouteDecision? { nil }
}

/// A part of the paths that the gateway serves instead of the API.
public struct RouteDoor: Sendable {
    /// What the paths begin with, such as `/notebooks/`.
    public let prefix: String
    /// The cookie that bears a caller's token behind this door.
    public let cookie: String
    public let resolver: any RouteResolver

    public init(prefix: String, cookie: String, resolver: any RouteResolver) {
        self.prefix = prefix
        self.cookie = cookie
        self.resolver = resolver
    }
}
