public import Kernel
public import Money
public import Pricing

/// What a meter reads of the events of one stretch of time.
public struct MeterReading: Hashable, Sendable {
    /// The sum, the number of events, the greatest or the latest value, or how many values were new.
    public private(set) var value: Quantity
    /// The second of the latest event.
    public private(set) var at: Second
    /// Tells which of several events of the latest second counts, whatever order they come in.
    public private(set) var tie: Int64

    public init(value: Quantity, at: Second, tie: Int64) {
        self.value = value
        self.at = at
        self.tie = tie
    }

    /// Adds what other events of the same stretch gave; the order does not matter.
    ///
    /// - Throws: `invalidParameter` where the sum is beyond what can be priced.
    public mutating func add(_ other: MeterReading, by aggregation: Meter.Aggregation) throws(Fault) {
        switch aggregation {
        case .sum, .count, .unique: value += other.value
        case .max: value = max(value, other.value)
        case .latest: if (at, tie) < (other.at, other.tie) { value = other.value }
        }
        guard value.isInRange else {
            throw Fault(.invalidParameter, "The sum of the events of an hour is beyond 9.2 trillion.")
        }
        if (at, tie) < (other.at, other.tie) { (at, tie) = (other.at, other.tie) }
    }
}

/// A reading and the second from which it counts: the start of a clock hour, or of a price within it.
public struct DatedReading: Hashable, Sendable {
    public let since: Second
    public let reading: MeterReading

    public init(since: Second, reading: MeterReading) {
        self.since = since
        self.reading = reading
    }
}

extension Meter {
    /// What each reading adds to what its window counts, in order of time; so that a window's parts sum up to the
    /// window, whatever was told late.
    ///
    /// - Parameter readings: of whole windows, by second.
    public func counted(_ readings: [DatedReading], in zone: BillingZone) -> [DatedCount] {
        switch aggregation {
        case .sum, .count, .unique:
            return readings.map { DatedCount(since: $0.since, counted: $0.reading.value) }
        case .max, .latest: break
        }
        var parts: [DatedCount] = []
        var running = Quantity.zero
        var end: Second?
        for dated in readings {
            if end.map({ dated.since >= $0 }) ?? true {
                running = .zero
                end = window.range(around: dated.since, in: zone).upperBound
            }
            let value = aggregation == .max ? max(running, dated.reading.value) : dated.reading.value
            parts.append(DatedCount(since: dated.since, counted: value - running))
            running = value
        }
        return parts
    }
}
