/// How it is known where a message's body ends.
public enum BodyFraming: Hashable, Sendable {
    case none
    case length(Int64)
    case chunked
    /// With the connection; answers only.
    case untilClose
}

/// What a head is read as.
public enum HeadReading<Head: Sendable>: Sendable {
    /// More bytes are needed; the search for its end goes on from there.
    case partial(searched: Int)
    /// A head, and the bytes it has.
    case whole(Head, bytes: Int)
}
