public import Kernel

/// What becomes of a request of the gateway.
public enum RouteDecision: Sendable {
    case forward(Forward)
    /// An error in the house's shape; its code says the status.
    case refuse(Fault, retryAfterSeconds: Int64? = nil)
    /// 302 to an address, and a cookie on the way.
    case redirect(to: String, cookie: RouteCookie? = nil)
    /// Not decided before the body is there, of at most so many bytes: then `RouteResolver.decide(_:body:)` is asked.
    case needsBody(atMost: Int)
}

/// How a request is passed on.
public struct Forward: Sendable {
    public var upstream: Upstream
    /// Tried in this order where no connection to the one before can be made.
    public var others: [Upstream] = []
    /// Where its use is counted.
    public var activity: RouteActivity?
    /// What the upstream sees of the path; the query comes as it was, less `token=`.
    public var path = ForwardPath.asItCame
    /// Fields that the upstream gets instead of what the client sent under these names.
    public var fields: [RouteField] = []
    /// Given to a browser that came with `?token=`, together with a redirect to the same address without it.
    public var cookie: RouteCookie?
    /// Seconds for which the same connection may go on with this decision, for requests to the same subject that show
    /// the same credentials.
    public var keepSeconds: Int64 = 0
    /// Seconds that the upstream may take until its answer begins.
    public var answerSeconds: Int64 = Limits.upstreamAnswerSeconds
    /// Bytes that a request's body may have.
    public var bodyBytes: Int64 = .max
    /// Bytes of the answer's end that the watcher is told.
    public var tailBytes = 0
    /// Told how it ended, once for each request.
    public var watcher: (any ExchangeWatcher)?

    public init(to upstream: Upstream) { self.upstream = upstream }
}

/// What an upstream sees of a request's path.
public enum ForwardPath: Hashable, Sendable {
    case asItCame
    /// What stands behind the door's prefix and the subject, behind a prefix of the upstream's own, which may be empty.
    case behindSubject(prefix: String)
}

/// A header field that a resolver adds.
public struct RouteField: Hashable, Sendable {
    /// In lower case.
    public let name: String
    public let value: String

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}

/// A cookie of the gateway: no script reads it, and it is sent to its path only.
public struct RouteCookie: Hashable, Sendable {
    public let value: String
    /// What the paths begin with that it is sent to, such as `/notebooks/ID/`.
    public let path: String
    public let seconds: Int64

    public init(value: String, path: String, seconds: Int64) {
        self.value = value
        self.path = path
        self.seconds = seconds
    }
}
