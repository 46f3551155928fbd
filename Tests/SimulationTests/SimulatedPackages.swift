import Identity
import Kernel
import Money
import Platform
import Rating

/// What packages cover and what the rest comes to, as plain numbers: an oracle that shares nothing with the books.
struct SimulatedPackages {
    /// A package that was sold, sizes in counted millionths.
    struct Package {
        let id: String
        let product: String
        let size: Int128
        let isMonthly: Bool
        let from: Second
        let until: Second
        let created: Int64
    }

    /// A use within one clock hour at one price.
    struct Use {
        let hour: Second
        let segment: String
        let from: Second
        /// Millionths.
        let counted: Int128
    }

    private let packages: [Package]
    /// What each package has given, in millionths, by the first day of its period.
    private(set) var given: [String: Int128] = [:]

    init(_ owned: [OwnedPackage], product: String, counted: Int128) {
        packages = owned.map { owned in
            let package = owned.package
            return Package(
                id: package.id.text, product: package.product.text, size: package.size.units * counted,
                isMonthly: package.isMonthly, from: package.effectiveFrom, until: package.expiresAt,
                created: package.createdAt.milliseconds)
        }.filter { $0.product == product }.sorted {
            ($0.from, $0.until, $0.created, $0.id) < ($1.from, $1.until, $1.created, $1.id)
        }
    }

    /// What they cover of each use, in the order of hours, then of stretches, then of time.
    mutating func cover(_ uses: [Use]) -> [(use: Use, covered: Int128)] {
        uses.sorted { ($0.hour, $0.segment, $0.from) < ($1.hour, $1.segment, $1.from) }.map { use in
            var rest = use.counted
            for package in packages where use.from >= package.from && use.from < package.until {
                let month = CivilTime(use.from, offset: 8 * 3_600).monthText
                let key = package.id + (package.isMonthly ? " " + month : "")
                let part = min(rest, package.size - given[key, default: 0])
                given[key, default: 0] += part
                rest -= part
            }
            return (use, use.counted - rest)
        }
    }
}

extension SimulatedPrices {
    /// What each stretch comes to, less what packages cover: each clock hour at each price, cut at the 8th decimal.
    func fees(
        of spans: [String: Range<Second>], packages: inout SimulatedPackages
    ) -> [String: Int128] {
        var uses: [SimulatedPackages.Use] = []
        for (segment, span) in spans {
            for part in parts(of: span) {
                uses.append(
                    .init(
                        hour: Second(part.lowerBound.value / 3_600 * 3_600), segment: segment, from: part.lowerBound,
                        counted: Int128(part.upperBound - part.lowerBound) * 1_000_000))
            }
        }
        return packages.cover(uses).reduce(into: [:]) { fees, part in
            let price = hourly.last { $0.from <= part.use.from }?.units ?? 0
            fees[part.use.segment, default: 0] +=
                (part.use.counted - part.covered) / 1_000_000 * price / 3_600 / 100
        }
    }

    private func parts(of span: Range<Second>) -> [Range<Second>] {
        var parts: [Range<Second>] = []
        var start = span.lowerBound
        while start < span.upperBound {
            let change = hourly.map(\.from).filter { $0 > start }.min() ?? span.upperBound
            let end = min(span.upperBound, Second(start.value / 3_600 * 3_600 + 3_600), change)
            parts.append(start..<end)
            start = end
        }
        return parts
    }

    /// What tokens come to, less what packages cover: summed by clock hour and price, each sum cut at the 8th decimal.
    func fee(ofTokens used: [(at: Second, count: Int128)], packages: inout SimulatedPackages) -> Int128 {
        var sums: [Second: Int128] = [:]
        for use in used {
            let hour = Second(use.at.value / 3_600 * 3_600)
            sums[max(hour, tokens.last { $0.from <= use.at }?.from ?? hour), default: 0] += use.count
        }
        let uses = sums.map {
            SimulatedPackages.Use(
                hour: Second($0.key.value / 3_600 * 3_600), segment: "", from: $0.key, counted: $0.value * 1_000_000)
        }
        return packages.cover(uses).reduce(0) { sum, part in
            let price = tokens.last { $0.from <= part.use.from }?.units ?? 0
            return sum + (part.use.counted - part.covered) * price / 1_000_000 / 1_000 / 100
        }
    }

    /// What calls come to: those that packages cover come first in each hour, and count towards the blocks of a month.
    func fee(ofCalls used: [Second], packages: inout SimulatedPackages) -> Int128 {
        let hours = Dictionary(grouping: used) { Second($0.value / 3_600 * 3_600) }
        let uses = hours.map {
            SimulatedPackages.Use(
                hour: $0.key, segment: "", from: $0.key, counted: Int128($0.value.count) * 1_000_000)
        }
        func fee(_ calls: Int128) -> Int128 {
            let block = Self.package.size * 1_000_000
            return (calls + block - 1) / block * Self.package.price / 100
        }
        var before: [String: Int128] = [:]
        return packages.cover(uses).reduce(0) { sum, part in
            let month = CivilTime(part.use.from, offset: 8 * 3_600).monthText
            let start = before[month, default: 0]
            before[month] = start + part.use.counted
            return sum + fee(start + part.use.counted) - fee(start + part.covered)
        }
    }
}
