import Kernel
import Metering
import Money
import Pricing
import TestKit
import Testing

/// Events in the JSON format of CloudEvents 1.0.2, and what meters count of them.
@Suite struct EventTests {
    static let hour = Second(1_772_323_200)

    private static func events(_ text: String) throws -> [UsageEvent] {
        try Array(text.utf8).withUnsafeBytes { try EventReader.events(in: $0) }
    }

    @Test func readsOneAndMany() throws {
        let one =
            #"{"specversion":"1.0","id":"a","source":"s","type":"t","time":"2026-03-01T00:00:00Z","data":{"n":1}}"#
        #expect(try Self.events(one).map(\.type) == ["t"])
        let third =
            #"{"specversion":"1.0","id":"c","source":"s","type":"u","subject":"x\u0041","project":"p","#
            + #""account":"q","more":[]}"#
        let many = "[\(one),\(one.replacing("\"a\"", with: "\"b\"")), \(third)]"
        let events = try Self.events(many)
        #expect(events.map(\.type) == ["t", "t", "u"])
        #expect(events[2].subject == "xA" && events[2].project == "p" && events[2].account == "q")
        #expect(events[0].time == Second(1_772_323_200) && events[2].time == nil && events[2].data == nil)
        #expect(try Self.events("[]").isEmpty)
    }

    private static let wrong: [(String, [String])] = [
        (#"{"id":"a"}"#, ["specversion", "source", "type"]),
        (#"[{"specversion":"0.3","id":"a","source":"s","type":"t"},7]"#, ["[0].specversion", "[1]"]),
        (#"{"specversion":"1.0","id":"","source":"s","type":"t"}"#, ["id", "id"]),
        (#"{"specversion":"1.0","id":"a","id":"b","source":"s","type":"t"}"#, ["id"]),
        (#"{"specversion":"1.0","id":"a","source":"s","type":"t","time":"yesterday"}"#, ["time"]),
        (#"{"specversion":"1.0","id":7,"source":"s","type":"t","data_base64":"AAA="}"#, ["id", "id", "data_base64"]),
    ]

    /// Everything that is wrong is said at once, at its place.
    @Test(arguments: wrong) func saysWhatIsWrong(_ text: String, _ fields: [String]) {
        let faults = #expect(throws: Faults.self) { try Self.events(text) }
        #expect(faults?.all.map { $0.field ?? "" } == fields)
    }

    private static func book(_ meters: [Meter], change: Second? = nil) throws -> PriceBook {
        let product = ProductID("tokens")
        func price(_ text: String, from: Second, until: Second? = nil) throws -> DatedPrice {
            DatedPrice(
                product: product, flavor: FlavorID("small"), perUnit: try #require(UnitPrice(text)), validFrom: from,
                validUntil: until)
        }
        return try PriceBook(
            id: PriceBookID("test"), name: "Test", currency: .usDollar, profile: .international,
            products: [
                Product(
                    id: product, name: "Tokens", serviceCode: "s", resourceCode: "r", unit: .thousandTokens,
                    variants: [FlavorID("small")])
            ], flavors: [],
            prices: [price("1", from: Second(0), until: change)] + (change.map { [try price("2", from: $0)] } ?? []),
            meters: meters)
    }

    private static func meter(
        _ aggregation: Meter.Aggregation, window: Meter.Window = .hour,
        flavor: MeteredFlavor = .always(FlavorID("small"))
    ) -> Meter {
        Meter(
            id: MeterID(aggregation.rawValue), eventType: "t", product: ProductID("tokens"), flavor: flavor,
            aggregation: aggregation, value: DataPath(names: aggregation == .count ? [] : ["n"]), window: window,
            validFrom: Second(0))
    }

    private static func tally(_ book: PriceBook, _ values: [(at: Int64, value: String)]) throws -> EventTally {
        var tally = EventTally(account: "a", book: book)
        for (index, (at, value)) in values.enumerated() {
            let bytes = Array(
                #"{"specversion":"1.0","id":"\#(index)","source":"s","type":"t","subject":"r","data":{"n":\#(value)}}"#
                    .utf8)
            try bytes.withUnsafeBytes { bytes in
                try tally.add(
                    try #require(EventReader.events(in: bytes).first), at: hour + at, tie: Int64(value.utf8.last ?? 0),
                    project: "p", bytes: bytes, place: EventPlace(nil))
            }
        }
        return tally
    }

    private static let counted: [(Meter.Aggregation, String)] = [
        (.sum, "6.5"), (.count, "3"), (.max, "4"), (.latest, "2.5"),
    ]

    @Test(arguments: counted) func aggregates(_ way: Meter.Aggregation, _ expected: String) throws {
        let tally = try Self.tally(try Self.book([Self.meter(way)]), [(0, "0"), (60, "4"), (3_599, "2.5")])
        #expect(tally.readings.values.map(\.value.description) == [expected])
        #expect(tally.series.map(\.series.resource) == ["r"])
    }

    @Test func countsDifferentValuesWhereTheyWereSeenFirst() throws {
        let tally = try Self.tally(try Self.book([Self.meter(.unique)]), [(9, "1"), (5, "1"), (7, "\"x\"")])
        #expect(tally.values.values.sorted() == [Self.hour + 5, Self.hour + 7] && tally.readings.isEmpty)
    }

    /// Law 5: what was used before a new price counts at the old one.
    @Test func aNewPriceCutsTheHour() throws {
        let book = try Self.book([Self.meter(.sum)], change: Self.hour + 600)
        let tally = try Self.tally(book, [(0, "1"), (599, "2"), (600, "4"), (3_600, "8")])
        let found = tally.readings.sorted { $0.key.since < $1.key.since }
        #expect(found.map { $0.key.since - Self.hour } == [0, 600, 3_600])
        #expect(found.map(\.value.value) == [Quantity(3), Quantity(4), Quantity(8)])
    }

    @Test(arguments: ["-1", "1e3", "\"many\"", "null", "true", "[1]", "0.0000001", "99999999999999"])
    func takesPlainDecimals(_ value: String) throws {
        let book = try Self.book([Self.meter(.sum)])
        let fault = #expect(throws: Fault.self) { try Self.tally(book, [(0, value)]) }
        #expect(fault?.field == "data.n")
    }

    @Test func aSumBeyondBoundsIsAFault() throws {
        let book = try Self.book([Self.meter(.sum)])
        #expect(throws: Fault.self) { try Self.tally(book, [(0, "9000000000000"), (1, "9000000000000")]) }
    }

    @Test func unknownTypesAndFlavorsAreRefused() throws {
        let book = try Self.book([Self.meter(.count, flavor: .named(DataPath(names: ["n"])))])
        let fault = #expect(throws: Fault.self) { try Self.tally(book, [(0, "\"large\"")]) }
        #expect(fault?.message.contains("no price") == true)
        let none = #expect(throws: Fault.self) { try Self.tally(try Self.book([]), [(0, "1")]) }
        #expect(none?.message.contains("counts no events") == true)
    }

    private static func readings(_ values: [(Int64, String)]) -> [DatedReading] {
        values.map { at, value in
            DatedReading(
                since: hour + at, reading: MeterReading(value: Quantity(value) ?? .zero, at: hour + at, tie: 0))
        }
    }

    private static let windows: [(Meter.Aggregation, Meter.Window, [String])] = [
        (.max, .hour, ["5", "3", "9"]), (.max, .day, ["5", "0", "4"]), (.latest, .day, ["5", "-2", "6"]),
        (.latest, .hour, ["5", "3", "9"]), (.sum, .hour, ["5", "3", "9"]),
    ]

    /// The parts of a window sum up to what the window counts.
    @Test(arguments: windows)
    func windowsTelescope(_ way: Meter.Aggregation, _ window: Meter.Window, _ expected: [String]) {
        let parts = Self.meter(way, window: window).counted(
            Self.readings([(0, "5"), (3_600, "3"), (7_200, "9")]), in: .beijing)
        #expect(parts.map(\.counted.description) == expected)
    }

    /// The order of events, and how they are divided into batches, do not matter.
    @Test(arguments: [UInt64(3), 4, 5]) func anyOrderAndAnyBatchesCountAlike(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for way in [Meter.Aggregation.sum, .count, .max, .latest] {
            let book = try Self.book([Self.meter(way)], change: Self.hour + 1_800)
            let values = (0..<40).map { _ in
                (
                    at: Int64.random(in: 0..<7_200, using: &random),
                    value: String(Int.random(in: 0..<1_000, using: &random))
                )
            }
            let whole = try Self.tally(book, values).readings.mapValues(\.value)
            let shuffled = values.shuffled(using: &random)
            let cut = Int.random(in: 0...40, using: &random)
            var parts = try Self.tally(book, Array(shuffled[..<cut])).readings
            for (place, reading) in try Self.tally(book, Array(shuffled[cut...])).readings {
                guard var sum = parts[place] else {
                    parts[place] = reading
                    continue
                }
                try sum.add(reading, by: way)
                parts[place] = sum
            }
            #expect(parts.mapValues(\.value) == whole)
        }
    }
}
