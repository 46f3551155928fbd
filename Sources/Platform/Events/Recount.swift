import Identity
import Kernel
import Metering
import Money
import Pricing

/// Counts kept events anew, from the first to the last, without looking at what was counted before.
struct Recount {
    private let catalogue: Catalogue
    private let digests: any Digests
    private(set) var readings: [SegmentID: [Second: MeterReading]] = [:]
    /// When each value of a `unique` meter was seen first, and where that counts.
    private var values: [Value: (first: Second, since: Second)] = [:]

    private struct Value: Hashable {
        let segment: SegmentID
        let window: Second
        let text: String
    }

    init(catalogue: Catalogue, digests: any Digests) {
        self.catalogue = catalogue
        self.digests = digests
    }

    /// How many readings there are.
    var count: Int { readings.values.reduce(0) { $0 + $1.count } }

    mutating func add(_ batch: EventBatch) throws {
        var tally = try batch.tally(book: catalogue.book(batch.book))
        let segments = tally.series.map { $0.series.segment(of: batch, digests: digests) }
        for (place, reading) in tally.readings {
            try add(reading, to: segments[place.series], since: place.since, tally.series[place.series].meter)
        }
        for (value, first) in tally.values {
            let key = Value(segment: segments[value.series], window: value.window, text: value.text)
            let meter = tally.series[value.series].meter
            if let former = values[key] {
                guard first < former.first else { continue }
                try add(
                    MeterReading(value: Quantity(-1), at: first, tie: 0), to: key.segment, since: former.since, meter)
            }
            guard let since = tally.piece(of: value.series, at: first) else { continue }
            try add(MeterReading(value: Quantity(1), at: first, tie: 0), to: key.segment, since: since, meter)
            values[key] = (first, since)
        }
    }

    private mutating func add(
        _ reading: MeterReading, to segment: SegmentID, since: Second, _ meter: Meter
    ) throws(Fault) {
        guard var sum = readings[segment]?[since] else {
            readings[segment, default: [:]][since] = reading
            return
        }
        try sum.add(reading, by: meter.aggregation)
        readings[segment]?[since] = sum
    }
}
