import Kernel
import Money
import Pricing
import TestKit
import Testing

/// Which price holds for whom, at what time of day, less which discount.
@Suite struct PriceScheduleTests {
    static let acme = Payer(account: "acme", project: "vision")

    private func price(
        _ text: String, scope: PayerScope = .everyone, daily: String? = nil, from: Int64 = 0, until: Int64? = nil
    ) -> DatedPrice {
        DatedPrice(
            product: Sample.product, flavor: Sample.flavor, scope: scope, daily: daily.flatMap { DailyWindow($0) },
            formula: PriceFormula(.perUnit(UnitPrice(text) ?? UnitPrice(units: -1))), validFrom: Second(from),
            validUntil: until.map { Second($0) })
    }

    private func schedule(
        _ prices: [DatedPrice], discounts: [DatedDiscount] = [], payer: Payer = .anyone
    ) throws -> PriceSchedule {
        let sample = try Sample.book([Sample.price("1", 0)])
        return try PriceBook(
            id: sample.id, name: sample.name, currency: sample.currency, profile: sample.profile,
            products: sample.products, flavors: sample.flavors, prices: prices, discounts: discounts
        ).schedule(product: Sample.product, flavor: Sample.flavor, payer: payer)
    }

    @Test func theNarrowerPriceGoesFirst() throws {
        let prices = [
            price("1"), price("2", scope: .account("acme"), until: 200),
            price("3", scope: .project("vision"), from: 100, until: 150),
        ]
        let mine = try schedule(prices, payer: Self.acme)
        #expect(
            [0, 100, 149, 150, 200].map { mine.piece(at: Second($0)).price?.unitPrice?.description } == [
                "2", "3", "3", "2", "1",
            ])
        let others = try schedule(prices, payer: Payer(account: "other", project: "other"))
        #expect(others.pieces(over: Second(0)..<Second(300)).map(\.price?.unitPrice?.description) == ["1"])
    }

    /// 22:00 to 06:00 in the billing zone is 14:00 to 22:00 UTC.
    @Test func nightPricesHoldAtNight() throws {
        let schedule = try schedule([price("2"), price("1", daily: "22:00-06:00")])
        let day = Second(1_680_278_400)  // 2023-03-31T16:00:00Z, midnight in the billing zone.
        let pieces = schedule.pieces(over: day..<(day + 86_400))
        #expect(pieces.map(\.price?.unitPrice?.description) == ["1", "2", "1"])
        #expect(pieces.map { $0.span.upperBound - day } == [6 * 3_600, 22 * 3_600, 86_400])
        #expect(schedule.piece(at: day - 1).price?.unitPrice?.description == "1")
    }

    @Test func theGreatestDiscountAloneIsTaken() throws {
        func discount(_ name: String, _ percent: String, _ from: Int64, scope: PayerScope = .everyone) -> DatedDiscount
        {
            DatedDiscount(name: name, percentage: Percentage(percent) ?? .zero, scope: scope, validFrom: Second(from))
        }
        let discounts = [
            discount("promotion", "5", 100), discount("commercial", "12.5", 50, scope: .account("acme")),
            discount("partner", "30", 300),
        ]
        let mine = try schedule([price("1")], discounts: discounts, payer: Self.acme)
        #expect(
            [0, 60, 150, 300].map { mine.piece(at: Second($0)).discount?.name } == [
                nil, "commercial", "commercial", "partner",
            ])
        #expect(try schedule([price("1")], discounts: discounts).piece(at: Second(150)).discount?.name == "promotion")
    }

    @Test func windowsMustNotOverlapForOnePayer() throws {
        #expect(
            Sample.faults([price("1"), price("2", daily: "22:00-06:00"), price("3", daily: "05:00-07:00")]).all.count
                == 1)
        #expect(
            try schedule([price("1"), price("2", daily: "22:00-06:00"), price("3", daily: "06:00-07:00")]).piece(
                at: Second(0)
            ).price != nil)
    }

    @Test(arguments: [
        "", "22:00", "22:00-22:00", "24:01-06:00", "2:00-06:00", "22:00-06:60", "a-b", "22:00-06:00-07:00",
    ])
    func whatIsNoPartOfADay(_ text: String) { #expect(DailyWindow(text) == nil) }

    /// Pieces against asking each second, with random prices, scopes, windows and discounts.
    @Test func piecesAgreeWithTheirSeconds() throws {
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<60 {
            let windows = ["00:01-00:04", "00:05-00:09", nil].shuffled(using: &generator)
            let prices =
                [price("9")]
                + windows.enumerated().map { index, window in
                    price(
                        "\(index + 1)", scope: .account("acme"), daily: window,
                        from: Int64.random(in: 0...900, using: &generator))
                }
            let schedule = try schedule(prices, payer: Self.acme)
            let start = Second(16 * 3_600 + Int64.random(in: -300...300, using: &generator))
            let interval = start..<(start + Int64.random(in: 1...900, using: &generator))
            var next = interval.lowerBound
            for piece in schedule.pieces(over: interval) {
                #expect(piece.span.lowerBound == next && !piece.span.isEmpty)
                next = piece.span.upperBound
                for second in stride(from: piece.span.lowerBound.value, to: next.value, by: 7) {
                    let found = Self.slowly(prices, at: Second(second))
                    #expect(found == piece.price)
                }
            }
            #expect(next == interval.upperBound)
        }
    }

    /// The price at a second by looking at all of them.
    private static func slowly(_ prices: [DatedPrice], at second: Second) -> DatedPrice? {
        let ofDay = (second.value + 8 * 3_600) % 86_400
        let holding = prices.filter { $0.isInForce(at: second) && ($0.daily?.contains(secondOfDay: ofDay) ?? true) }
        return holding.first { $0.scope != .everyone && $0.daily != nil }
            ?? holding.first { $0.scope != .everyone } ?? holding.first
    }
}

/// What of the time that a resource existed is counted.
@Suite struct TimeMeteringTests {
    private func used(_ from: String, _ until: String) throws -> Range<Second> {
        try #require(Second(iso8601: from + "+08:00"))..<(try #require(Second(iso8601: until + "+08:00")))
    }

    /// EX-13 (price-cae, cae_09_0004): 08:45:30 to 08:55:00 are 10 minutes.
    @Test func begunMinutesCountWhole() throws {
        let minute = TimeMetering(grain: .minute)
        let counted = minute.counted(
            try used("2023-03-10T08:45:30", "2023-03-10T08:55:00"), isEnded: true, zone: .beijing)
        #expect(counted.upperBound - counted.lowerBound == 600)
    }

    /// EX-15 (price-iothub, iot_price_00013): from the 18th 9:59:30 to the 20th 11:45:46 are 1 + 1 + 0 days.
    @Test func theDayOfDeletionIsFree() throws {
        let day = TimeMetering(grain: .day)
        let counted = day.counted(
            try used("2023-04-18T09:59:30", "2023-04-20T11:45:46"), isEnded: true, zone: .beijing)
        #expect(counted.upperBound - counted.lowerBound == 2 * 86_400)
    }

    @Test func aMinimumCountsOnceEnded() throws {
        let metering = TimeMetering(grain: .second, minimumSeconds: 3_600)
        let use = try used("2023-04-18T09:59:30", "2023-04-18T10:00:00")
        let running = metering.counted(use, isEnded: false, zone: .beijing)
        #expect(running == use)
        let ended = metering.counted(use, isEnded: true, zone: .beijing)
        #expect(ended.upperBound - ended.lowerBound == 3_600)
    }

    /// What is counted of a use that goes on never shrinks as it goes on, and never exceeds what it counts at its end.
    @Test(arguments: [TimeMetering.Grain.second, .minute, .day]) func countingOnlyGrows(_ grain: TimeMetering.Grain) {
        let metering = TimeMetering(grain: grain, minimumSeconds: 500)
        var former = Int64.min
        for seconds in stride(from: Int64(1), to: 200_000, by: 61) {
            let use = Second(1_000)..<Second(1_000 + seconds)
            let running = metering.counted(use, isEnded: false, zone: .beijing)
            let ended = metering.counted(use, isEnded: true, zone: .beijing)
            #expect(running.upperBound.value >= former && running.upperBound <= ended.upperBound)
            former = running.upperBound.value
        }
    }
}
