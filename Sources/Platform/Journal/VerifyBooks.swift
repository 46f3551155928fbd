import Billing
public import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing

/// Recomputes everything that can be recomputed: the journal's chain, the balances, and every bill from its facts.
public struct VerifyBooks: Sendable {
    private let store: any Store
    private let catalogue: Catalogue
    private let settings: Settings
    private let digests: any Digests

    public init(store: any Store, catalogue: Catalogue, settings: Settings, digests: any Digests) {
        self.store = store
        self.catalogue = catalogue
        self.settings = settings
        self.digests = digests
    }

    /// What was found.
    public struct Report: Sendable {
        public let postings: Int64
        public let lines: Int64
        public let stretches: Int64
        /// Stretches of which something was told after its hour was closed; the next close bills it.
        public let waiting: Int64
        /// The chain's last link; empty where the journal is.
        public let root: String
        /// The first thing that does not fit; nil where all does.
        public let misfit: String?
    }

    /// Reads the books on one snapshot.
    ///
    /// - Parameter progress: told how much of the journal has been read.
    public func callAsFunction(progress: @escaping @Sendable (Int64) -> Void = { _ in }) async throws -> Report {
        try await store.read { transaction in
            var verification = Verification(
                transaction: transaction, catalogue: catalogue, settings: settings, digests: digests)
            do throws(Misfit) {
                try verification.journal(progress)
                try verification.balances()
                try verification.events()
                try verification.bills()
            } catch {
                return verification.report(misfit: error.words)
            }
            return verification.report(misfit: nil)
        }
    }
}

/// Something in the books that does not fit the rest, in words.
private struct Misfit: Error {
    let words: String
}

private struct Verification {
    let transaction: any StoreTransaction
    let catalogue: Catalogue
    let settings: Settings
    let digests: any Digests
    private var counts = (postings: Int64(0), lines: Int64(0), stretches: Int64(0), waiting: Int64(0))
    private var root: JournalLink?
    /// Until when stretches are billed that are not billed for good; nil where nothing of one is.
    private var settledThrough: [SegmentID: Second?] = [:]
    private var verified: Set<UseMonth> = []

    init(transaction: any StoreTransaction, catalogue: Catalogue, settings: Settings, digests: any Digests) {
        self.transaction = transaction
        self.catalogue = catalogue
        self.settings = settings
        self.digests = digests
    }

    func report(misfit: String?) -> VerifyBooks.Report {
        VerifyBooks.Report(
            postings: counts.postings, lines: counts.lines, stretches: counts.stretches, waiting: counts.waiting,
            root: root?.digest ?? "", misfit: misfit)
    }

    /// Every posting balances, charges its line, and fits the chain.
    mutating func journal(_ progress: (Int64) -> Void) throws(Misfit) {
        let chain = JournalChain(digests: digests)
        while true {
            let page = try found { try transaction.postings(after: counts.postings, limit: 1_000) }
            let links = try found { try transaction.links(after: counts.postings, limit: 1_000) }
            if page.isEmpty { break }
            for (index, numbered) in page.enumerated() {
                guard numbered.number == counts.postings + 1 else {
                    throw Misfit(words: "Posting \(counts.postings + 1) of the journal is missing.")
                }
                let lines = try chargedLines(of: numbered)
                let link = chain.link(numbered, lines: lines, after: root)
                guard index < links.count, links[index] == link else {
                    throw Misfit(
                        words: "Posting \(numbered.number) (\(numbered.posting.id), for \(numbered.posting.reference)) "
                            + "does not fit the chain: it, a line of it, or a posting before it was changed.")
                }
                root = link
                counts.postings = numbered.number
            }
            progress(counts.postings)
        }
        let lines = try found { try transaction.billLineCount() }
        guard lines == counts.lines else {
            throw Misfit(words: "There are \(lines) bill lines, and the journal charges \(counts.lines).")
        }
        if let wrong = try found({ try transaction.wrongBillSum() }) {
            throw Misfit(
                words: "The sum of \(wrong.product) in \(wrong.cycle) of account \(wrong.account) is not what its "
                    + "lines come to.")
        }
    }

    /// The lines that a posting charges, if it charges them as it should.
    private mutating func chargedLines(of numbered: NumberedPosting) throws(Misfit) -> [BillLine] {
        let posting = numbered.posting
        guard posting.kind == .charge else { return [] }
        let lines = try found { try transaction.chargedLines(of: posting) }
        guard let first = lines.first else {
            throw Misfit(words: "Posting \(numbered.number) charges the line \(posting.reference), which is missing.")
        }
        counts.lines += Int64(lines.count)
        guard let currency = posting.entries.first?.account.currency else { return lines }
        let expected = try found {
            try Posting.charge(
                for: lines, owner: first.account.text, id: posting.id, at: posting.at, reference: posting.reference,
                currency: currency)
        }
        guard Set(expected.entries) == Set(posting.entries) else {
            throw Misfit(
                words: "Posting \(numbered.number) does not charge what "
                    + (lines.count == 1 ? "the line \(first.id) says." : "its \(lines.count) lines say."))
        }
        return lines
    }

    /// Stored balances are what the postings give.
    func balances() throws(Misfit) {
        let stored = try found { try transaction.storedBalances() }
        let computed = try found { try transaction.recomputedBalances() }
        for account in Set(stored.keys).union(computed.keys) {
            let (says, gives) = (stored[account] ?? .zero, computed[account] ?? .zero)
            guard says != gives else { continue }
            throw Misfit(
                words: "The balance \(account.kind.rawValue) of \(account.owner) says \(says) \(account.currency); its "
                    + "postings give \(gives).")
        }
    }

    /// What meters read is what the events of all batches give, recounted.
    func events() throws(Misfit) {
        var recount = Recount(catalogue: catalogue, digests: digests)
        var last: Int64 = 0
        while true {
            let page = try found { try transaction.eventBatches(after: last, limit: 100) }
            guard let end = page.last else { break }
            for (number, batch) in page {
                do { try recount.add(batch) } catch {
                    throw Misfit(words: "The events of batch \(number) cannot be counted: \(error)")
                }
            }
            last = end.number
        }
        for segment in recount.readings.keys.sorted() {
            let stored = try found {
                try transaction.readings(of: segment, in: Second(.min)..<Second(.max))
            }
            let counted = recount.readings[segment] ?? [:]
            for dated in stored where counted[dated.since]?.value != dated.reading.value {
                throw Misfit(
                    words: "The reading of \(segment) at \(dated.since) says \(dated.reading.value); its events give "
                        + "\(counted[dated.since]?.value ?? .zero).")
            }
            guard stored.count == counted.count else {
                throw Misfit(words: "A reading of \(segment) is missing: its events give \(counted.count).")
            }
        }
        let known = try found { try transaction.readingCount() }
        guard known == recount.count else {
            throw Misfit(words: "There are \(known) readings, and the events give \(recount.count).")
        }
    }

    /// Every hour that is closed is billed as its facts and prices say.
    mutating func bills() throws(Misfit) {
        guard let open = try found({ try transaction.openHour() }) else { return }
        var stretches: [MeteredSegment] = []
        try found { try transaction.eachStretch { stretches += $0 } }
        settledThrough = try found { try transaction.unsettledStretches() }
        // A resource may have thousands of stretches; its lines are read once.
        let resources = Dictionary(grouping: stretches) { OwnedResource(id: $0.segment.resource, account: $0.account) }
        for (resource, stretches) in resources.sorted(by: { $0.key.id < $1.key.id }) {
            let lines = try found { try transaction.billLines(of: resource.id, account: resource.account) }
            let billed = Dictionary(grouping: lines, by: \.segment)
            for metered in stretches { try bill(metered, billed[metered.segment.id] ?? [], before: open) }
        }
    }

    private struct OwnedResource: Hashable {
        let id: ResourceID
        let account: AccountID
    }

    private mutating func bill(
        _ metered: MeteredSegment, _ lines: [BillLine], before open: Second
    ) throws(Misfit) {
        counts.stretches += 1
        let book = try found { try catalogue.book(metered.book) }
        guard let use = try use(of: metered, book: book, before: open), let start = use.start else { return }
        let close = HourClose(of: metered, book: book)
        let billed = Dictionary(grouping: lines, by: \.hour)
        let unsettled = try found { try firstUnsettled(of: metered, start: start, before: open) }
        if use.isTold(from: unsettled, before: open) { counts.waiting += 1 }
        for hour in Set(billed.keys).union(use.hours(in: settings.zone)).sorted() {
            // An hour that is proven in part may still be told of; so may one that is not closed.
            guard hour < unsettled, use.isSettled(in: hour) else { continue }
            if !close.dependsOnMonth,
                let draft = close.lines(of: use, hour: hour, billed: billed[hour] ?? []).first
            {
                throw Misfit(words: Self.words(draft, metered))
            }
        }
        let first = settings.zone.startOfHour(start)
        if close.dependsOnMonth { try months(like: metered, from: first, before: open) }
    }

    /// The first hour that is not billed yet, be it open, or told of after it was closed.
    private func firstUnsettled(of metered: MeteredSegment, start: Second, before open: Second) throws -> Second {
        let reading = try transaction.unsettledReadings(of: metered.segment.id, before: open).first
        let stretch = settledThrough[metered.segment.id].map { $0 ?? start }
        return min(open, settings.zone.startOfHour(reading ?? stretch ?? open))
    }

    /// What a stretch or a series counts; of a series what was told before the open hour.
    private func use(
        of metered: MeteredSegment, book: PriceBook, before open: Second
    ) throws(Misfit) -> CountedUse? {
        if metered.meter == nil {
            let facts = try found { try transaction.facts(of: metered.segment.id) }
            return try found { try metered.countedInterval(of: facts, book: book) }.map { CountedUse.ran($0) }
        }
        let proven = ProvenSegment(metered: metered, interval: nil, settledThrough: nil, isAbandoned: false)
        return try found { try transaction.countedUse(of: proven, within: Second(.min)..<open, book: book) }
    }

    /// Every month of a use whose price depends on the month, once for all its stretches.
    private mutating func months(like metered: MeteredSegment, from first: Second, before open: Second) throws(Misfit) {
        let settle = SettleMonth(catalogue: catalogue, zone: settings.zone, transaction: transaction)
        let use = AccountUse(metered)
        let end = try found { try settle.settledEnd(of: use, before: open) }
        var month = settings.zone.month(of: first)
        while month.lowerBound < end {
            if verified.insert(UseMonth(use: use, month: month)).inserted {
                let drafts = try found {
                    try settle.drafts(of: use, in: month, from: month.lowerBound, through: end - 3_600)
                }
                if let draft = drafts.first?.draft { throw Misfit(words: Self.words(draft, draft.metered)) }
            }
            month = settings.zone.month(of: month.upperBound)
        }
    }

    private struct UseMonth: Hashable {
        let use: AccountUse
        let month: Range<Second>
    }

    private static func words(_ draft: BillLineDraft, _ metered: MeteredSegment) -> String {
        "The hour \(draft.hour) of \(metered.resourceName) (\(metered.segment.resource), stretch "
            + "\(metered.segment.id)) is not billed as its facts say: \(draft.seconds) s and \(draft.list) are missing."
    }

    /// A read; what cannot be read is a misfit too.
    private func found<Value>(_ read: () throws -> Value) throws(Misfit) -> Value {
        do { return try read() } catch { throw Misfit(words: "The books cannot be read: \(error)") }
    }
}

extension CountedUse {
    /// The clock hours in which something counts.
    fileprivate func hours(in zone: BillingZone) -> [Second] {
        switch self {
        case .ran(let interval):
            return stride(
                from: zone.startOfHour(interval.start).value, to: interval.provenUntil.value, by: 3_600
            ).map { Second($0) }
        case .read(let counts): return Set(counts.map { zone.startOfHour($0.since) }).sorted()
        }
    }

    /// Whether something of it lies in an hour from one second to another.
    fileprivate func isTold(from first: Second, before open: Second) -> Bool {
        switch self {
        case .ran(let interval): max(interval.start, first) < min(interval.provenUntil, open)
        case .read(let counts): counts.contains { (first..<max(first, open)).contains($0.since) }
        }
    }

    /// Whether nothing is to come of an hour.
    fileprivate func isSettled(in hour: Second) -> Bool {
        guard case .ran(let interval) = self else { return true }
        return interval.isEnded || hour + 3_600 <= interval.provenUntil
    }
}
