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
            guard let interval = try RunInterval.of(facts(of: metered.segment.id)) else { return sum }
            return try sum
                + unbilledCharges(of: metered, interval: interval, ports: ports).reduce(.zero) { $0 + $1.due }
        }
    }

    /// The drafts of every hour of an interval that is not billed to its end.
    func unbilledCharges(
        of metered: MeteredSegment, interval: RunInterval, ports: Ports
    ) throws -> [BillLineDraft] {
        let book = try ports.catalogue.book(metered.book)
        let zone = ports.settings.zone
        var drafts: [BillLineDraft] = []
        var hour = zone.startOfHour(interval.start)
        while hour < interval.provenUntil {
            drafts += try HourClose.lines(
                for: metered, interval: interval, hour: hour, book: book, zone: zone,
                billed: billLines(of: metered.segment.id, hour: hour))
            hour = hour + 3_600
        }
        return drafts
    }
}
