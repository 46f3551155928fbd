import Kernel
import Money
import Pricing
import TestKit
import Testing

@Suite struct PriceBookTests {
    @Test func piecesCoverAnInterval() throws {
        let book = try Sample.book([Sample.price("1", 0, 100), Sample.price("2", 100, 200), Sample.price("3", 300)])
        let pieces = book.schedule(product: Sample.product, flavor: Sample.flavor).pieces(
            over: Second(50)..<Second(350))
        #expect(pieces.map(\.span.lowerBound.value) == [50, 100, 200, 300])
        #expect(pieces.map(\.span.upperBound.value) == [100, 200, 300, 350])
        #expect(pieces.map { $0.price?.unitPrice?.description } == ["1", "2", nil, "3"])
    }

    @Test func nothingIsCutWhereNothingChanges() throws {
        let book = try Sample.book([Sample.price("1", 0, 100), Sample.price("2", 100)])
        let schedule = book.schedule(product: Sample.product, flavor: Sample.flavor)
        let pieces = schedule.pieces(over: Second(100)..<Second(101))
        #expect(pieces.map { $0.price?.unitPrice?.description } == ["2"])
        #expect(schedule.pieces(over: Second(5)..<Second(5)).isEmpty)
    }

    /// Every piece has the price that its every second has, and the pieces are the interval.
    @Test func piecesAgreeWithTheirSeconds() throws {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<200 {
            var (prices, time): ([DatedPrice], Int64) = ([], 0)
            for index in 0..<Int.random(in: 1...5, using: &generator) {
                time += Int64.random(in: 0...4, using: &generator)
                let end = time + Int64.random(in: 1...6, using: &generator)
                prices.append(Sample.price("\(index + 1)", time, end))
                time = end
            }
            let book = try Sample.book(prices.shuffled(using: &generator))
            let start = Int64.random(in: -3...20, using: &generator)
            let interval = Second(start)..<Second(start + Int64.random(in: 1...30, using: &generator))
            var next = interval.lowerBound
            for piece in book.schedule(product: Sample.product, flavor: Sample.flavor).pieces(over: interval) {
                #expect(piece.span.lowerBound == next && !piece.span.isEmpty)
                next = piece.span.upperBound
                for value in piece.span.lowerBound.value..<piece.span.upperBound.value {
                    let found = prices.first { $0.isInForce(at: Second(value)) }
                    #expect(found == piece.price)
                }
            }
            #expect(next == interval.upperBound)
        }
    }

    @Test func overlappingPricesAreRefused() {
        let faults = Sample.faults([Sample.price("1", 0, 101), Sample.price("2", 100), Sample.price("3", 200)])
        #expect(faults.all.map(\.field) == ["prices[1].from", "prices[2].from"])
        #expect(faults.all.allSatisfy { $0.code == .conflict })
    }

    @Test func pricesThatTouchAreNoOverlap() throws {
        #expect(try Sample.book([Sample.price("2", 100), Sample.price("1", 0, 100)]).prices.count == 2)
    }

    @Test func everythingWrongIsToldAtOnce() {
        let wrong = DatedPrice(
            product: ProductID("nothing"), flavor: FlavorID("nowhere"), perUnit: UnitPrice(units: -1),
            validFrom: Second(5), validUntil: Second(5))
        let faults = Sample.faults([Sample.price("1", 0), wrong])
        let fields = ["prices[1].product", "prices[1].flavor", "prices[1].per_hour", "prices[1].until"]
        #expect(faults.all.map(\.field) == fields)
    }

    @Test func aFlavorWithoutPriceIsRefused() {
        #expect(Sample.faults([]).all.map(\.field) == ["prices", "flavors[0]"])
    }

    /// The order in the file is layout; names and prices are content. The text is checked in, so that a version
    /// written on a bill stays the same from release to release.
    @Test func versionNamesContent() throws {
        let prices = [Sample.price("1", 0, 100), Sample.price("2", 100)]
        let book = try Sample.book(prices)
        #expect(try Sample.book(prices.reversed()).version == book.version)
        #expect(try Sample.book([prices[0], Sample.price("2.1", 100)]).version != book.version)
        #expect(try Sample.book(prices, name: "Another").version != book.version)
        #expect(book.version == Sample.version)
    }
}

/// A small book.
enum Sample {
    static let product = ProductID("training-job")
    static let flavor = FlavorID("small")
    static let version = "26a064165199a0b9f04059052e9d6b9e"

    static func price(_ perHour: String, _ from: Int64, _ until: Int64? = nil) -> DatedPrice {
        DatedPrice(
            product: product, flavor: flavor, perUnit: UnitPrice(perHour) ?? UnitPrice(units: -1),
            validFrom: Second(from), validUntil: until.map { Second($0) })
    }

    static func book(
        _ prices: [DatedPrice], id: String = "sample", name: String = "Sample", currency: Currency = .usDollar,
        site: SiteProfile = .international
    ) throws(Faults) -> PriceBook {
        try PriceBook(
            id: PriceBookID(id), name: name, currency: currency, profile: site,
            products: [Product(id: product, name: "Training job", serviceCode: "service", resourceCode: "resource")],
            flavors: [
                Flavor(
                    id: flavor, name: "Small", kind: .cpu, cpuMillicores: 1_000, memoryBytes: 1 << 30,
                    products: [product])
            ],
            prices: prices)
    }

    static func faults(_ prices: [DatedPrice]) -> Faults {
        do {
            _ = try book(prices)
            return Faults()
        } catch {
            return error
        }
    }
}
