import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing

extension StoreTransaction {
    /// Sets money aside for something; nil where it costs nothing.
    func reserve(
        _ amount: Amount, _ id: HoldID, of account: AccountID, for resource: ResourceID, at now: Instant
    ) throws -> HoldID? {
        guard amount > .zero else { return nil }
        try insert(Hold(id: id, owner: account.text, amount: amount, reference: resource.text, at: now))
        return id
    }

    /// At the end of a run its reservation shrinks to what the run has used and no bill shows yet; the rest is free.
    ///
    /// What is left is released when the hour that it was used in is billed, so money that is spent cannot be
    /// reserved again in between (law 9).
    func settleHold(of work: inout some AttemptedWork, ports: Ports) throws {
        guard let hold = work.hold else { return }
        let owed = try unbilled(of: work.stretch, ports: ports)
        if owed > .zero {
            try update(hold: hold, amount: owed)
        } else {
            try delete(hold: hold)
            work.hold = nil
        }
    }

    /// What a stretch has used that no bill line shows yet.
    private func unbilled(of stretch: SegmentID, ports: Ports) throws -> Amount {
        guard let metered = try meteredSegment(stretch) else { return .zero }
        let facts = try facts(of: stretch)
        return try unbilledCharges(of: metered, facts: facts, ports: ports).reduce(.zero) { $0 + $1.due }
    }

    /// The drafts of every hour of an interval that is not billed to its end.
    ///
    /// - Parameter until: where the use is counted until now though it is proven only until an earlier second.
    func unbilledCharges(
        of metered: MeteredSegment, facts: [Fact], until now: Second? = nil, ports: Ports
    ) throws -> [BillLineDraft] {
        if let packaged = try packaged(metered, catalogue: ports.catalogue, zone: ports.settings.zone) {
            let until = max(ports.clock.now().second, now ?? facts.last?.at ?? Second(.min))
            return try packaged.unbilled(until: until, longer: now.map { (metered.segment.id, until: $0) })
                .filter { $0.metered.segment.id == metered.segment.id }
        }
        let book = try ports.catalogue.book(metered.book)
        var drafts: [BillLineDraft] = []
        for (hour, use) in try unbilledHours(of: metered, facts: facts.until(now), book: book) {
            let close = HourClose(of: metered, book: book)
            let before = close.dependsOnMonth ? try counted(before: hour, like: metered, ports: ports) : .zero
            drafts += close.lines(
                of: use, hour: hour, billed: try billLines(of: metered, hour: hour),
                before: drafts.reduce(before) { $0 + $1.counted })
        }
        return drafts
    }

    private func unbilledHours(
        of metered: MeteredSegment, facts: [Fact], book: PriceBook
    ) throws -> [(hour: Second, use: CountedUse)] {
        if metered.meter != nil { return try unsettledHours(of: metered, before: Second(.max), book: book) }
        guard let interval = try metered.countedInterval(of: facts, book: book) else { return [] }
        // What counts by the second is looked at from where it is settled on: a volume may be years old.
        let isPlain = book.product(metered.segment.product)?.metering ?? .perSecond == .perSecond
        let settled = isPlain ? try settledThrough(metered) : nil
        let first = book.zone.startOfHour(max(interval.start, settled ?? interval.start))
        return stride(from: first.value, to: interval.provenUntil.value, by: 3_600).map { hour in
            (Second(hour), .ran(interval))
        }
    }

    /// What bill lines count of a use in the month before an hour.
    private func counted(before hour: Second, like metered: MeteredSegment, ports: Ports) throws -> Quantity {
        try countedSum(
            of: AccountUse(metered), hours: ports.settings.zone.month(of: hour).lowerBound..<hour)
    }

    /// What metered events of an account come to that no bill shows yet.
    func unbilledEvents(of account: AccountID, ports: Ports) throws -> Amount {
        var covered: Set<ProductID> = []
        return try unsettledSeries(of: account, before: Second(.max)).reduce(Amount.zero) { sum, series in
            guard let metered = try meteredSegment(series.segment) else { return sum }
            if let packaged = try packaged(metered, catalogue: ports.catalogue, zone: ports.settings.zone) {
                guard covered.insert(metered.segment.product).inserted else { return sum }
                return try packaged.unbilled(until: ports.clock.now().second).filter { $0.metered.meter != nil }
                    .reduce(sum) { $0 + $1.due }
            }
            return try unbilledCharges(of: metered, facts: [], ports: ports).reduce(sum) { $0 + $1.due }
        }
    }
}

extension MeteredSegment {
    /// What its product counts of what its facts prove; nil where there are none.
    func countedInterval(of facts: [Fact], book: PriceBook) throws(Fault) -> RunInterval? {
        let metering = book.product(segment.product)?.metering ?? .perSecond
        return try RunInterval.of(facts)?.counted(by: metering, in: book.zone)
    }
}

extension [Fact] {
    /// The same facts, and that the work still ran at a second; nil adds nothing.
    fileprivate func until(_ now: Second?) -> [Fact] {
        guard let now, let last else { return self }
        return self + [Fact(segment: last.segment, sequence: last.sequence + 1, at: now, kind: .alive)]
    }
}
