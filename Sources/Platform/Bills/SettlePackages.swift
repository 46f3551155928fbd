import Billing
import Identity
import Kernel
import Metering
import Money
import Pricing
import Rating

/// Bills a product of which an account has packages: all stretches and series of all its flavors together.
///
/// What packages cover depends on what they covered before, so use is gone through hour by hour, in one hour in the
/// order of the ids of stretches, as where prices depend on the month. A late fact so moves what packages cover of all
/// that came after it, and the net is what on-time facts would have given (law 6). Use that packages cover counts
/// towards tiers, free quantities and minimums.
struct SettlePackages {
    let account: AccountID
    let product: ProductID
    let packages: [OwnedPackage]
    let catalogue: Catalogue
    let zone: BillingZone
    let transaction: any StoreTransaction

    /// Nil where the account has no packages of the product.
    init?(
        of account: AccountID, product: ProductID, packages: [OwnedPackage], catalogue: Catalogue, zone: BillingZone,
        transaction: any StoreTransaction
    ) {
        self.account = account
        self.product = product
        self.packages = packages.filter { $0.package.product == product }
        self.catalogue = catalogue
        self.zone = zone
        self.transaction = transaction
        if self.packages.isEmpty { return nil }
    }

    /// The first hour of which something is not settled, or for which a package is new; nil where all is.
    func firstUnsettled(before end: Second) throws -> Second? {
        var firsts = newPackages(before: end).map(\.package.effectiveFrom)
        for stretch in try unsettledStretches() {
            let start = try stretch.countedInterval(book: catalogue.book(stretch.metered.book))?.start
            if let first = stretch.settledThrough ?? start { firsts.append(first) }
        }
        firsts += try lateReadings(before: end)
        return firsts.min().map(zone.startOfHour)
    }

    /// Packages that no close has looked at, in force before a second.
    func newPackages(before end: Second) -> [OwnedPackage] {
        packages.filter { !$0.isApplied && $0.package.effectiveFrom < end }
    }

    /// Until when all is settled: what is proven in part, or was told late, may still change what follows.
    func settledEnd(before open: Second) throws -> Second {
        var end = open
        for stretch in try unsettledStretches() {
            let interval = try stretch.countedInterval(book: catalogue.book(stretch.metered.book))
            if let first = stretch.settledThrough ?? interval?.start { end = min(end, zone.startOfHour(first)) }
        }
        let late = try lateReadings(before: open) + newPackages(before: open).map(\.package.effectiveFrom)
        return min(end, late.min().map(zone.startOfHour) ?? end)
    }

    private func unsettledStretches() throws -> [ProvenSegment] {
        try transaction.unsettledSegments(of: account).filter { $0.metered.segment.product == product }
    }

    private func lateReadings(before end: Second) throws -> [Second] {
        try transaction.unsettledSeries(of: account, before: end).filter { series in
            try transaction.meteredSegment(series.segment)?.segment.product == product
        }.map(\.first)
    }

    /// What the bills lack from an hour on, in order of time.
    ///
    /// - Parameters:
    ///   - isWhole: whether the hour is the first of all use, so that packages have given nothing before it.
    ///   - longer: a stretch that is counted until a later second than is proven.
    func drafts(
        from first: Second, through lastHour: Second, isWhole: Bool = false, longer: (SegmentID, until: Second)? = nil
    ) throws -> [(draft: BillLineDraft, book: PriceBook)] {
        let end = lastHour + 3_600
        guard first < end else { return [] }
        let parts = try self.parts(in: zone.month(of: first).lowerBound..<end, longer: longer)
        // A package may be in force long before anything was used.
        let first = max(first, parts.compactMap(\.start).min().map(zone.startOfHour) ?? end)
        let month = zone.month(of: first)
        let billed = try billedLines(of: parts, in: first..<end)
        var walk = PackagedWalk(
            balances: PackageBalances(
                packages.map(\.package), zone: zone, used: isWhole ? [:] : try used(before: billed)),
            parts: parts, billed: Dictionary(grouping: billed) { PackagedHour(segment: $0.segment, hour: $0.hour) },
            zone: zone)
        try walk.begin(in: month.lowerBound..<first) { part in
            try transaction.billLines(
                account: account, product: product, flavor: part.metered.segment.flavor,
                hours: month.lowerBound..<first
            ).filter { $0.segment == part.metered.segment.id }
        }
        return walk.drafts(from: first, until: end)
    }

    /// What no bill shows yet of use until a second, as far as it is proven.
    func unbilled(until second: Second, longer: (SegmentID, until: Second)? = nil) throws -> [BillLineDraft] {
        let hour = zone.startOfHour(second)
        guard let first = try firstUnsettled(before: hour + 3_600) else { return [] }
        return try drafts(from: first, through: hour, longer: longer).map(\.draft)
    }

    /// The hour of the first use there is; nil where there is none before a second.
    func firstUse(before end: Second) throws -> Second? {
        try transaction.segments(of: account, product: product).compactMap { segment in
            try transaction.countedUse(
                of: segment, within: Second(.min)..<end, book: catalogue.book(segment.metered.book))?.start
        }.min().map(zone.startOfHour)
    }

    /// What all lines say that packages gave.
    func billedUses() throws -> [PackagePeriod: Quantity] {
        let flavors = Set(try transaction.segments(of: account, product: product).map(\.metered.segment.flavor))
        let lines = try flavors.sorted().flatMap { flavor in
            try transaction.billLines(
                account: account, product: product, flavor: flavor, hours: Second(.min)..<Second(.max))
        }
        return PackagePeriod.uses(in: lines, of: packages.map(\.package), zone: zone)
    }

    /// What periods gave before the hours of some lines, which are the last ones.
    private func used(before lines: [BillLine]) throws -> [PackagePeriod: Quantity] {
        var used = try transaction.packageUses(of: account)
        for (period, counted) in PackagePeriod.uses(in: lines, of: packages.map(\.package), zone: zone) {
            used[period] = (used[period] ?? .zero) - counted
        }
        return used
    }

    private func billedLines(of parts: [PackagedPart], in hours: Range<Second>) throws -> [BillLine] {
        try Set(parts.map(\.metered.segment.flavor)).sorted().flatMap { flavor in
            try transaction.billLines(account: account, product: product, flavor: flavor, hours: hours)
        }
    }

    private func parts(in range: Range<Second>, longer: (SegmentID, until: Second)?) throws -> [PackagedPart] {
        try transaction.segments(of: account, product: product).compactMap { segment in
            let book = try catalogue.book(segment.metered.book)
            guard var counted = try transaction.countedUse(of: segment, within: range, book: book) else { return nil }
            if let longer, longer.0 == segment.metered.segment.id, case .ran(let interval) = counted {
                counted = .ran(
                    RunInterval(
                        start: interval.start, provenUntil: max(interval.provenUntil, longer.until),
                        isEnded: interval.isEnded))
            }
            guard let start = counted.start, start < range.upperBound, !counted.isOver(by: range.lowerBound) else {
                return nil
            }
            return PackagedPart(segment.metered, use: counted, book: book, zone: zone)
        }
    }
}

extension StoreTransaction {
    /// The way to bill a product of which an account has packages; nil where it has none.
    func packaged(
        _ metered: MeteredSegment, catalogue: Catalogue, zone: BillingZone
    ) throws -> SettlePackages? {
        guard try benefits().hasPackages else { return nil }
        return SettlePackages(
            of: metered.account, product: metered.segment.product, packages: try packages(of: metered.account),
            catalogue: catalogue, zone: zone, transaction: self)
    }
}
