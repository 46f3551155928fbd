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
    private var counts = (postings: Int64(0), lines: Int64(0), stretches: Int64(0))
    private var root: JournalLink?
    private var verified: Set<UseMonth> = []

    init(transaction: any StoreTransaction, catalogue: Catalogue, settings: Settings, digests: any Digests) {
        self.transaction = transaction
        self.catalogue = catalogue
        self.settings = settings
        self.digests = digests
    }

    func report(misfit: String?) -> VerifyBooks.Report {
        VerifyBooks.Report(
            postings: counts.postings, lines: counts.lines, stretches: counts.stretches, root: root?.digest ?? "",
            misfit: misfit)
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
                let line = try chargedLine(of: numbered)
                let link = chain.link(numbered, line: line, after: root)
                guard index < links.count, links[index] == link else {
                    throw Misfit(
                        words: "Posting \(numbered.number) (\(numbered.posting.id), for \(numbered.posting.reference)) "
                            + "does not fit the chain: it, its line, or a posting before it was changed.")
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
    }

    /// The line that a posting charges, if it charges it as it should.
    private mutating func chargedLine(of numbered: NumberedPosting) throws(Misfit) -> BillLine? {
        let posting = numbered.posting
        guard posting.kind == .charge else { return nil }
        guard let line = try found({ try transaction.chargedLine(of: posting) }) else {
            throw Misfit(words: "Posting \(numbered.number) charges the line \(posting.reference), which is missing.")
        }
        counts.lines += 1
        guard let currency = posting.entries.first?.account.currency else { return line }
        let expected = try found { try Posting.charge(for: line, id: posting.id, currency: currency) }
        guard Set(expected.entries) == Set(posting.entries) else {
            throw Misfit(words: "Posting \(numbered.number) does not charge what the line \(line.id) says.")
        }
        return line
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

    /// Every hour that is closed is billed as its facts and prices say.
    mutating func bills() throws(Misfit) {
        guard let open = try found({ try transaction.openHour() }) else { return }
        var stretches: [MeteredSegment] = []
        try found { try transaction.eachStretch { stretches += $0 } }
        for metered in stretches { try bill(metered, before: open) }
    }

    private mutating func bill(_ metered: MeteredSegment, before open: Second) throws(Misfit) {
        counts.stretches += 1
        let book = try found { try catalogue.book(metered.book) }
        let facts = try found { try transaction.facts(of: metered.segment.id) }
        guard let interval = try found({ try metered.countedInterval(of: facts, book: book) }) else { return }
        let close = HourClose(of: metered, book: book)
        let lines = try found { try transaction.billLines(of: metered.segment.resource, account: metered.account) }
        let billed = Dictionary(grouping: lines.filter { $0.segment == metered.segment.id }, by: \.hour)
        let zone = settings.zone
        let first = zone.startOfHour(interval.start)
        for hour in Set(billed.keys).union(
            stride(from: first.value, to: interval.provenUntil.value, by: 3_600).map { Second($0) }
        ).sorted() {
            // An hour that is proven in part may still be told of; so may one that is not closed.
            guard hour < open, interval.isEnded || hour + 3_600 <= interval.provenUntil else { continue }
            if !close.dependsOnMonth,
                let draft = close.lines(interval: interval, hour: hour, billed: billed[hour] ?? []).first
            {
                throw Misfit(words: Self.words(draft, metered))
            }
        }
        if close.dependsOnMonth { try months(like: metered, from: first, before: open) }
    }

    /// Every month of a use whose price depends on the month, once for all its stretches.
    private mutating func months(like metered: MeteredSegment, from first: Second, before open: Second) throws(Misfit) {
        let settle = SettleMonth(catalogue: catalogue, zone: settings.zone, transaction: transaction)
        let end = try found { try settle.provenEnd(like: metered, before: open) }
        var month = settings.zone.month(of: first)
        while month.lowerBound < end {
            let key = UseMonth(
                account: metered.account, product: metered.segment.product, flavor: metered.segment.flavor, month: month
            )
            if verified.insert(key).inserted {
                let drafts = try found {
                    try settle.drafts(like: metered, in: month, from: month.lowerBound, through: end - 3_600)
                }
                if let draft = drafts.first?.draft { throw Misfit(words: Self.words(draft, draft.metered)) }
            }
            month = settings.zone.month(of: month.upperBound)
        }
    }

    private struct UseMonth: Hashable {
        let account: AccountID
        let product: ProductID
        let flavor: FlavorID
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
