public import Kernel
import Money
public import Pricing
import Wire

/// What one meter counts of one resource: the line of readings that a bill is made of.
public struct MeterSeries: Hashable, Sendable {
    public let meter: MeterID
    public let project: String
    /// The events' subject; the meter's id where they have none.
    public let resource: String
    public let flavor: FlavorID
}

/// Adds up the events of one account by the meters of its book: readings by series and second.
///
/// The sums do not depend on the order of events, so any batches of the same events come to the same.
public struct EventTally: Sendable {
    /// In order of appearance.
    public private(set) var series: [(series: MeterSeries, meter: Meter)] = []
    public private(set) var readings: [Place: MeterReading] = [:]
    /// What `unique` meters saw, and the first second of each.
    public private(set) var values: [Value: Second] = [:]
    /// How many events counted.
    public private(set) var count = 0

    private let account: String
    private let book: PriceBook
    private var numbers: [MeterSeries: Int] = [:]
    private var pieces: [HourPieces] = []

    /// Where a reading stands.
    public struct Place: Hashable, Sendable {
        /// The place in `series`.
        public let series: Int
        public let since: Second
    }

    /// A value that a `unique` meter saw in a window.
    public struct Value: Hashable, Sendable {
        public let series: Int
        public let window: Second
        public let text: String
    }

    public init(account: String, book: PriceBook) {
        self.account = account
        self.book = book
    }

    /// Counts an event by every meter of its type.
    ///
    /// - Parameters:
    ///   - second: when it counts.
    ///   - tie: the same for the same event, see `MeterReading.tie`.
    /// - Throws: what is wrong with it, at its place; nothing of it is counted then.
    public mutating func add(
        _ event: UsageEvent, at second: Second, tie: Int64, project: String, bytes: UnsafeRawBufferPointer,
        place: EventPlace
    ) throws(Fault) {
        let meters = book.meters(ofEvents: event.type)
        guard !meters.isEmpty else {
            let known = Set(book.meters.map(\.eventType)).sorted().prefix(20).joined(separator: ", ")
            throw place.fault(
                .invalidParameter,
                "No meter of price book \(book.id) counts \(event.type); it counts "
                    + (known.isEmpty ? "no events" : known) + ".", "type")
        }
        let present = meters.filter { $0.isInForce(at: second) }
        guard !present.isEmpty else {
            throw place.fault(
                .invalidParameter, "At \(second) no meter of \(event.type) was in force; nothing would be counted.",
                "time")
        }
        for meter in present {
            let number = try seriesNumber(of: event, meter, project, bytes, place)
            guard let since = piece(of: number, meter, at: second) else {
                throw place.fault(
                    .invalidParameter,
                    "\(meter.product) has no price for \(series[number].series.flavor) at \(second).",
                    "type")
            }
            try count(event, by: meter, number, at: second, since: since, tie: tie, bytes, place)
        }
        count += 1
    }

    private mutating func count(
        _ event: UsageEvent, by meter: Meter, _ number: Int, at second: Second, since: Second, tie: Int64,
        _ bytes: UnsafeRawBufferPointer, _ place: EventPlace
    ) throws(Fault) {
        let value: Quantity
        switch meter.aggregation {
        case .count: value = Quantity(1)
        case .unique:
            let text = try scalar(meter.value, of: event, meter, bytes, place)
            let window = meter.window.range(around: second, in: book.zone).lowerBound
            let seen = Value(series: number, window: window, text: text)
            return values[seen] = min(values[seen] ?? second, second)
        case .sum, .max, .latest: value = try quantity(of: event, meter, bytes, place)
        }
        let reading = MeterReading(value: value, at: second, tie: tie)
        let key = Place(series: number, since: since)
        guard var former = readings[key] else { return readings[key] = reading }
        do throws(Fault) {
            try former.add(reading, by: meter.aggregation)
        } catch {
            throw place.fault(error.code, error.message, meter.value.description)
        }
        readings[key] = former
    }

    /// Where the readings of a second begin; nil where the second has no price.
    public mutating func piece(of number: Int, at second: Second) -> Second? {
        piece(of: number, series[number].meter, at: second)
    }

    private mutating func piece(of number: Int, _ meter: Meter, at second: Second) -> Second? {
        if pieces[number].contains(second) { return pieces[number].start(of: second) }
        let hour = book.zone.startOfHour(second)
        let schedule = book.schedule(
            product: meter.product, flavor: series[number].series.flavor,
            payer: Payer(account: account, project: series[number].series.project))
        pieces[number] = HourPieces(hour: hour, pieces: schedule.pieces(over: hour..<(hour + 3_600)))
        return pieces[number].start(of: second)
    }

    private mutating func seriesNumber(
        of event: UsageEvent, _ meter: Meter, _ project: String, _ bytes: UnsafeRawBufferPointer, _ place: EventPlace
    ) throws(Fault) -> Int {
        let flavor =
            switch meter.flavor {
            case .always(let flavor): flavor
            case .named(let path): FlavorID(try scalar(path, of: event, meter, bytes, place))
            }
        let key = MeterSeries(
            meter: meter.id, project: project, resource: event.subject ?? meter.id.text, flavor: flavor)
        if let number = numbers[key] { return number }
        numbers[key] = series.count
        series.append((key, meter))
        pieces.append(HourPieces())
        return series.count - 1
    }

    private func quantity(
        of event: UsageEvent, _ meter: Meter, _ bytes: UnsafeRawBufferPointer, _ place: EventPlace
    ) throws(Fault) -> Quantity {
        let span = try found(meter.value, of: event, meter, bytes, place)
        let digits = UnsafeRawBufferPointer(rebasing: bytes[span.range])
        if span.kind == .number, digits.count <= 12, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
            return Quantity(digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) })
        }
        guard span.kind == .number || span.kind == .string,
            let value = Quantity(String(decoding: digits, as: UTF8.self)),
            value >= .zero
        else {
            throw place.fault(
                .invalidParameter, "\(meter.id) takes a plain decimal from 0, at most \(Quantity.scale) decimals.",
                meter.value.description)
        }
        return value
    }

    private func scalar(
        _ path: DataPath, of event: UsageEvent, _ meter: Meter, _ bytes: UnsafeRawBufferPointer, _ place: EventPlace
    ) throws(Fault) -> String {
        let span = try found(path, of: event, meter, bytes, place)
        guard [.string, .number, .bool].contains(span.kind), span.range.count <= Limits.eventAttributeBytes else {
            throw place.fault(
                .invalidParameter,
                "\(meter.id) takes a text or a number of at most \(Limits.eventAttributeBytes) bytes.",
                path.description)
        }
        return try JSONScanner(bytes).text(span)
    }

    private func found(
        _ path: DataPath, of event: UsageEvent, _ meter: Meter, _ bytes: UnsafeRawBufferPointer, _ place: EventPlace
    ) throws(Fault) -> JSONSpan {
        guard let data = event.data, let span = try JSONScanner(bytes, at: data.range.lowerBound).find(path.names)
        else {
            throw place.fault(
                .missingParameter, "The meter \(meter.id) reads it, and it is not there.", path.description)
        }
        return span
    }
}

/// Where the prices of one clock hour begin.
private struct HourPieces {
    private var hour: Range<Second> = Second(0)..<Second(0)
    private var pieces: [PriceSchedule.Piece] = []

    init() {}

    init(hour: Second, pieces: [PriceSchedule.Piece]) {
        self.hour = hour..<(hour + 3_600)
        self.pieces = pieces
    }

    func contains(_ second: Second) -> Bool { hour.contains(second) }

    /// The first second at the price of one; nil where it has no price.
    func start(of second: Second) -> Second? {
        let piece = pieces.last { $0.span.lowerBound <= second }
        return piece?.price == nil ? nil : piece?.span.lowerBound
    }
}
