public import Kernel
public import Pricing

/// When a stretch ran, as far as its facts prove it.
public struct RunInterval: Hashable, Sendable {
    /// The first second used.
    public let start: Second
    /// The first second that is not proven to be used (law 8: nothing is billed beyond it).
    public let provenUntil: Second
    /// Whether the end itself is proven, so that nothing can follow.
    public let isEnded: Bool

    public init(start: Second, provenUntil: Second, isEnded: Bool) {
        self.start = start
        self.provenUntil = provenUntil
        self.isEnded = isEnded
    }

    /// What the facts of one stretch say, in whatever order they come; nil where there are none.
    ///
    /// An end counts as it stands, whatever proofs of life claim. A clock that was set back never makes an interval
    /// negative: it is empty then.
    ///
    /// - Throws: `conflict` where the facts tell no story: of several stretches, without a start, or with two.
    public static func of(_ facts: some Collection<Fact>) throws(Fault) -> RunInterval? {
        guard let first = facts.first else { return nil }
        var start: Second?
        var end: Second?
        var proof: Second?
        for fact in facts {
            guard fact.segment == first.segment else {
                throw Fault(.conflict, "Facts of \(first.segment) and \(fact.segment) were mixed.")
            }
            switch fact.kind {
            case .started:
                guard start == nil else { throw Fault(.conflict, "The stretch \(fact.segment) started twice.") }
                start = fact.at
            case .alive: proof = max(proof ?? fact.at, fact.at)
            case .ended:
                guard end == nil else { throw Fault(.conflict, "The stretch \(fact.segment) ended twice.") }
                end = fact.at
            }
        }
        guard let start else {
            throw Fault(.conflict, "The stretch \(first.segment) has facts but no start.")
        }
        return RunInterval(start: start, provenUntil: max(start, end ?? proof ?? start), isEnded: end != nil)
    }

    /// The interval that a product counts for this one: whole minutes or days, or a minimum.
    public func counted(by metering: TimeMetering, in zone: BillingZone) -> RunInterval {
        guard metering != .perSecond else { return self }
        let span = metering.counted(start..<provenUntil, isEnded: isEnded, zone: zone)
        return RunInterval(start: span.lowerBound, provenUntil: span.upperBound, isEnded: isEnded)
    }

    /// Seconds proven.
    public var seconds: Int64 { provenUntil - start }

    /// What of it lies in the clock hour that begins at a second; nil where nothing does.
    public func part(inHour hour: Second) -> Range<Second>? {
        let from = max(start, hour)
        let until = min(provenUntil, hour + 3_600)
        return from < until ? from..<until : nil
    }

    /// Its parts, one a clock hour, in order; their seconds add up to the whole.
    public func hourly(in zone: BillingZone) -> [Range<Second>] {
        var parts: [Range<Second>] = []
        var hour = zone.startOfHour(start)
        while let part = part(inHour: hour) {
            parts.append(part)
            hour = hour + 3_600
        }
        return parts
    }
}
