import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing

/// Adds what events come to, to the readings of their series.
struct CountReadings {
    let transaction: any StoreTransaction
    let ports: Ports

    func callAsFunction(_ tally: EventTally, batch: EventBatch) throws {
        var tally = tally
        let segments = try tally.series.map { try segment(of: $0.series, $0.meter, batch) }
        for (place, reading) in tally.readings {
            try add(
                reading, to: segments[place.series], since: place.since, account: batch.account,
                by: tally.series[place.series].meter.aggregation)
        }
        for (value, first) in tally.values {
            try see(value, first: first, in: segments[value.series], &tally, account: batch.account)
        }
    }

    private func add(
        _ reading: MeterReading, to segment: SegmentID, since: Second, account: AccountID, by way: Meter.Aggregation
    ) throws {
        try transaction.add(DatedReading(since: since, reading: reading), to: segment, account: account, by: way)
    }

    /// A value counts where it was seen first, so one that turns out to be older moves.
    private func see(
        _ value: EventTally.Value, first: Second, in segment: SegmentID, _ tally: inout EventTally, account: AccountID
    ) throws {
        let former = try transaction.firstSeen(value.text, in: segment, window: value.window)
        if let former, former <= first { return }
        try transaction.setFirstSeen(value.text, in: segment, window: value.window, at: first)
        for (second, change) in [(former, Quantity(-1)), (first, Quantity(1))] {
            guard let second, let since = tally.piece(of: value.series, at: second) else { continue }
            try add(
                MeterReading(value: change, at: second, tie: 0), to: segment, since: since, account: account,
                by: .unique)
        }
    }

    /// The series' place among what is metered, made with its first event.
    private func segment(of series: MeterSeries, _ meter: Meter, _ batch: EventBatch) throws -> SegmentID {
        let id = series.segment(of: batch, digests: ports.secrets.digests)
        try transaction.insertSeries(
            MeteredSegment(
                segment: Segment(
                    id: id, resource: ResourceID(series.resource), product: meter.product, flavor: series.flavor,
                    quantity: 1),
                account: batch.account, project: ProjectID(series.project), resourceName: series.resource,
                book: batch.book, meter: meter.id))
        return id
    }
}

extension MeterSeries {
    /// The same for the same series, always.
    func segment(of batch: EventBatch, digests: any Digests) -> SegmentID {
        var text = JournalText()
        for word in [batch.account.text, batch.book, meter.text, project, resource, flavor.text] { text.add(word) }
        return SegmentID(Hexadecimal.text(text.bytes.withUnsafeBytes { digests.fingerprint($0) }))
    }
}
