public import Kernel
public import Money

/// What a stretch or a series counts, from which bills are made hour by hour.
public enum CountedUse: Hashable, Sendable {
    /// It ran: every second of every node counts.
    case ran(RunInterval)
    /// A meter read it: quantities, in order of time.
    case read([DatedCount])

    /// What counts within a range.
    ///
    /// - Parameter quantity: nodes of a stretch.
    public func counted(within range: Range<Second>, quantity: Int64) -> Quantity {
        switch self {
        case .ran(let interval):
            let used = interval.start..<interval.provenUntil
            let part = used.clamped(to: range)
            return Quantity(units: Int128(part.upperBound - part.lowerBound) * Int128(quantity) * Quantity.one)
        case .read(let counts):
            return counts.reduce(.zero) { range.contains($1.since) ? $0 + $1.counted : $0 }
        }
    }

    /// The first second that counts; nil where nothing does.
    public var start: Second? {
        switch self {
        case .ran(let interval): interval.start
        case .read(let counts): counts.first?.since
        }
    }

    /// Whether nothing counts from a second on, as far as is known.
    public func isOver(by second: Second) -> Bool {
        switch self {
        case .ran(let interval): interval.provenUntil <= second
        case .read(let counts): counts.last.map { $0.since < second } ?? true
        }
    }
}

/// A quantity and the second from which it counts, until the clock hour or the price ends.
public struct DatedCount: Hashable, Sendable {
    public let since: Second
    /// Negative where the latest of several values is a smaller one.
    public let counted: Quantity

    public init(since: Second, counted: Quantity) {
        self.since = since
        self.counted = counted
    }
}
