import ArgumentParser
import Billing
import Commands
import Files
import Kernel
import Metering
import Money
import Platform
import Pricing
import Wire

/// `atelier simulate`: what a past period would have cost by another price book.
struct SimulateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulate", abstract: "Price a past period by another price book; nothing is changed.",
        discussion: """
            atelier simulate --price-book other.yaml --from 2026-03-01 --to 2026-04-01
            atelier simulate --plan --from 2026-03-01 --to 2026-04-01

            Dates are those of UTC+08:00. With --plan it says for each flavor which nodes would have been cheaper by the
            month or the year, and from how many hours a month a term pays.
            """)

    @OptionGroup var options: BooksOptions

    @Option(help: ArgumentHelp("The other book (default with --plan: the books in force).", valueName: "file"))
    var priceBook: String?

    @Option(help: "The first day or moment.") var from: String
    @Option(help: "The first day or moment behind the period.") var to: String
    @Option(help: "One account's id (default: all).") var account: String?
    @Flag(help: "Compare pay-per-use with the terms of the book.") var plan = false
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        try await LocalVerb.run {
            let period = try period()
            guard priceBook != nil || plan else { throw ValidationError("Give --price-book, or --plan, or both.") }
            let other = try priceBook.map { try PriceBookFile.read(path: $0) }
            let books = try await OpenBooks(options)
            let uses = try await PastPeriod.uses(in: books, over: period, account: account)
            guard plan else {
                let now = try PeriodPricing.sums(of: uses, over: period) { try books.catalogue.book($0.book) }
                guard let other else { return }
                let then = try PeriodPricing.sums(of: uses, over: period) { _ in other }
                let currencies = Set(try uses.map { try books.catalogue.book($0.metered.book).currency })
                return show(Comparison(now: now, then: then, currencies: currencies, other: other))
            }
            show(try Self.plans(of: uses, over: period) { try other ?? books.catalogue.book($0.book) })
        }
    }

    private func period() throws -> Range<Second> {
        let zone = BillingZone.beijing
        guard let start = Second(iso8601: from, in: zone), let end = Second(iso8601: to, in: zone), start < end else {
            throw ValidationError("--from and --to take dates such as 2026-03-01, the earlier first.")
        }
        return start..<end
    }

    private static func plans(
        of uses: [PeriodUse], over period: Range<Second>, book: (MeteredSegment) throws -> PriceBook
    ) throws -> [(plan: TermPlan, currency: Currency)] {
        let groups = Dictionary(grouping: uses) {
            "\($0.metered.book) \($0.metered.segment.product) \($0.metered.segment.flavor)"
        }
        return try groups.sorted { $0.key < $1.key }.compactMap { _, uses in
            guard let first = uses.first else { return nil }
            let book = try book(first.metered)
            return TermPlan(of: uses, over: period, book: book).map { ($0, book.currency) }
        }
    }

    private func show(_ comparison: Comparison) {
        Terminal.line(json ? comparison.json.text(.pretty) : comparison.text)
    }

    private func show(_ plans: [(plan: TermPlan, currency: Currency)]) {
        let view = TermPlanView(plans)
        Terminal.line(json ? view.json.text(.pretty) : view.text)
    }
}
