/// Told of requests that a resolver let through.
public protocol ExchangeWatcher: Sendable {
    /// The request has ended, one way or the other. Runs on the connection's thread and must not wait.
    func ended(_ report: ExchangeReport)
}

/// How a request through the gateway ended.
public struct ExchangeReport: Sendable {
    public enum Outcome: Sendable {
        /// The whole answer was passed on; for a tunnel, both sides have closed.
        case answered
        /// The gateway answered in the upstream's place: the request was none that may pass.
        case refused
        /// The upstream could not be reached, answered nonsense, or ended halfway.
        case upstreamFailed
        /// It took longer than it may.
        case upstreamTimedOut
        /// The client went away, or broke the protocol, before the end.
        case clientGone
    }

    public let outcome: Outcome
    /// The status that the client got; 101 for a tunnel, 0 for none.
    public let status: Int
    /// Bytes of bodies, or of a tunnel.
    public let bytesUp: Int64
    public let bytesDown: Int64
    /// From the request's head to the answer's head, and to its end.
    public let headNanoseconds: Int64
    public let nanoseconds: Int64
    /// The end of the answer's body as it came, as much of it as was asked for.
    public let tail: [UInt8]

    public init(
        outcome: Outcome, status: Int, bytesUp: Int64, bytesDown: Int64, headNanoseconds: Int64, nanoseconds: Int64,
        tail: [UInt8] = []
    ) {
        self.outcome = outcome
        self.status = status
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.headNanoseconds = headNanoseconds
        self.nanoseconds = nanoseconds
        self.tail = tail
    }
}
