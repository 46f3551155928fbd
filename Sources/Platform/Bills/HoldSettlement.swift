import Billing
import Kernel
import Ledger
import Metering
import Money

extension StoreTransaction {
    /// At the end of a job its reservation shrinks to what the job has used and no bill shows yet; the rest is free.
    ///
    /// What is left is released when the hour that it was used in is billed, so money that is spent cannot be
    /// reserved again in between (law 9).
    func settleHold(of job: inout TrainingJob, ports: Ports) throws {
        guard let hold = job.hold else { return }
        let owed = try unbilled(of: ResourceID(job.id.text), ports: ports)
        if owed > .zero {
            try update(hold: hold, amount: owed)
        } else {
            try delete(hold: hold)
            job.hold = nil
        }
    }

    /// What a resource has used that no bill line shows yet.
    func unbilled(of resource: ResourceID, ports: Ports) throws -> Amount {
        try meteredSegments(of: resource).reduce(Amount.zero) { sum, metered in
            let facts = try facts(of: metered.segment.id)
            return try sum + unbilledCharges(of: metered, facts: facts, ports: ports).reduce(.zero) { $0 + $1.due }
        }
    }

    /// The drafts of every hour of an interval that is not billed to its end.
    ///
    /// - Parameter until: where the use is counted until now though it is proven only until an earlier second.
    func unbilledCharges(
        of metered: MeteredSegment, facts: [Fact], until now: Second? = nil, ports: Ports
    ) throws -> [BillLineDraft] {
        let book = try ports.catalogue.book(metered.book)
        let zone = ports.settings.zone
        guard let interval = try metered.countedInterval(of: facts.until(now), book: book) else { return [] }
        let close = HourClose(of: metered, book: book)
        var drafts: [BillLineDraft] = []
        var hour = zone.startOfHour(interval.start)
        while hour < interval.provenUntil {
            let before = close.dependsOnMonth ? try counted(before: hour, like: metered, ports: ports) : .zero
            drafts += try close.lines(
                interval: interval, hour: hour, billed: billLines(of: metered.segment.id, hour: hour), before: before)
            hour = hour + 3_600
        }
        return drafts
    }

    /// What bill lines count of a use in the month before an hour.
    private func counted(before hour: Second, like metered: MeteredSegment, ports: Ports) throws -> Quantity {
        try billLines(
            account: metered.account, product: metered.segment.product, flavor: metered.segment.flavor,
            hours: ports.settings.zone.month(of: hour).lowerBound..<hour
        ).reduce(.zero) { $0 + $1.counted }
    }
}

extension [Fact] {
    /// The same facts, and that the work still ran at a second; nil adds nothing.
    fileprivate func until(_ now: Second?) -> [Fact] {
        guard let now, let last else { return self }
        return self + [Fact(segment: last.segment, sequence: last.sequence + 1, at: now, kind: .alive)]
    }
}
