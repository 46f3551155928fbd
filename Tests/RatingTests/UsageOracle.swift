import Foundation
import Kernel
import Money
import Pricing
import Rating
import TestKit

/// Rates usage by walking every clock hour with the domain's own types, line by line, with no tables and no speed.
enum UsageOracle {
    struct Piece: Equatable {
        let line: Int
        let from: Int64
        let until: Int64
        let list: String
        let due: String
    }

    /// The pieces of a usage of plain prices; hours are those of UTC+08:00.
    static func pieces(line: Int, price: UnitPrice, quantity: Int64, from: Int64, until: Int64) -> [Piece] {
        var pieces: [Piece] = []
        var start = from
        while start < until {
            let end = min(until, (start / 3_600 + 1) * 3_600)
            let units = price.units * Int128(quantity) * Int128(end - start) / 360_000
            let text = Amount(units: units).description
            pieces.append(Piece(line: line, from: start, until: end, list: text, due: text))
            start = end
        }
        return pieces
    }
}

/// Rates a text as a file would be.
struct UsageFixture {
    let book: PriceBook
    var until: Second?
    var partition: UsagePartition?
    var groups: [UsageGroup] = []

    static let header = "account,project,resource,product,flavor,quantity,start,end\n"

    struct Outcome {
        let lines: [[String]]
        let rejects: [[String]]
        let summary: UsageSummary
        let bytes: [UInt8]
    }

    /// - Parameter runs: into how many runs of lines the text is divided, each rated by another worker.
    func rate(_ rows: [String], runs: Int = 1, header: String = Self.header) throws -> Outcome {
        let rating = UsageRating(
            book: book, header: try UsageHeader(line: Array(header.dropLast().utf8)), until: until,
            partition: partition, writesLines: true, groups: groups)
        var months = UsageMonths()
        let size = max(1, (rows.count + runs - 1) / runs)
        let parts = stride(from: 0, to: rows.count, by: size).map { start in
            (first: start + 2, text: rows[start..<min(start + size, rows.count)].map { $0 + "\n" }.joined())
        }
        for part in parts {
            Array(part.text.utf8).withUnsafeBytes {
                UsageRater(rating).gather($0, firstLine: part.first, into: &months)
            }
        }
        months.settle(by: book)
        let raters = parts.map { _ in UsageRater(rating, months: months) }
        var (lines, rejects): ([UInt8], [UInt8]) = ([], [])
        for (rater, part) in zip(raters, parts) {
            Array(part.text.utf8).withUnsafeBytes { rater.rate($0, firstLine: part.first) }
            lines += rater.lines
            rejects += rater.rejected
        }
        for rater in raters.dropFirst() { raters[0].absorb(rater) }
        return Outcome(
            lines: Self.cells(lines), rejects: Self.cells(rejects), summary: raters[0].summary(), bytes: lines)
    }

    private static func cells(_ bytes: [UInt8]) -> [[String]] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
    }
}

/// A book of hourly flavors and of everything else that usage can be priced by.
enum UsageBook {
    static let product = ProductID("training-job")

    static func book(
        _ perHour: [String: String], profile: SiteProfile = .international, extra: [DatedPrice] = [],
        products: [Product] = [], discounts: [DatedDiscount] = []
    ) throws -> PriceBook {
        let flavors = perHour.keys.sorted()
        return try PriceBook(
            id: PriceBookID("usage"), name: "Usage", currency: .usDollar, profile: profile,
            products: [Product(id: product, name: "Training", serviceCode: "s", resourceCode: "r")] + products,
            flavors: flavors.map {
                Flavor(
                    id: FlavorID($0), name: $0, kind: .cpu, cpuMillicores: 1_000, memoryBytes: 1 << 30,
                    products: [product])
            },
            prices: flavors.map {
                DatedPrice(
                    product: product, flavor: FlavorID($0),
                    perUnit: UnitPrice(perHour[$0] ?? "") ?? UnitPrice(units: -1),
                    validFrom: Second(0))
            } + extra, discounts: discounts)
    }

    static let tokens = Product(
        id: ProductID("tokens"), name: "Tokens", serviceCode: "s", resourceCode: "r", unit: .thousandTokens,
        variants: [FlavorID("small")])

    static func tokenPrice(_ formula: PriceFormula) -> DatedPrice {
        DatedPrice(product: tokens.id, flavor: FlavorID("small"), formula: formula, validFrom: Second(0))
    }
}
