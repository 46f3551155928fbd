import Billing
import Files
import Glibc
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Pricing
import Rating
import Store
import Wire

/// Writes the books of a data folder as CSV files, page by page, all of one moment.
struct ExportBooks {
    let books: OpenBooks
    let out: String

    private static let page = 2_000

    func callAsFunction() async throws {
        for folder in [out, out + "/price-books"] where mkdir(folder, 0o755) != 0 && errno != EEXIST {
            throw Fault(.invalidParameter, "cannot be made: \(String(cString: strerror(errno)))", field: folder)
        }
        try PriceBookCopies.put(into: out + "/price-books", from: books.folder.priceBooks)
        let out = self.out
        try await books.store.read { transaction in
            try Self.accounts(transaction, out)
            try Self.benefits(transaction, out)
            try Self.stretches(transaction, out)
            try Self.events(transaction, out)
            try Self.lines(transaction, out)
            try Self.journal(transaction, out)
            try Self.balances(transaction, out)
        }
    }

    /// One file, written in pages.
    private static func table(
        _ path: String, _ columns: String, _ pages: ((CSVWriter) throws -> Void) throws -> Void
    ) throws {
        let file = try OrderedOutput(path: path, header: Array((columns + "\n").utf8))
        var place = 0
        do {
            try pages { page in
                try file.put(Array(page.text.utf8), at: place)
                place += 1
            }
            try file.finish()
        } catch {
            file.discard()
            throw error
        }
    }

    private static func accounts(_ transaction: any StoreTransaction, _ out: String) throws {
        try table(out + "/accounts.csv", "account,book,currency") { put in
            var page = CSVWriter()
            for account in try transaction.accounts() {
                let terms = try transaction.requiredTerms(of: account.id)
                page.write([account.id.text, terms.book, terms.currency.code])
            }
            try put(page)
        }
        try table(out + "/marks.csv", "name,second") { put in
            var page = CSVWriter()
            if let hour = try transaction.openHour() { page.write(["open hour", String(hour.value)]) }
            try put(page)
        }
    }

    private static func benefits(_ transaction: any StoreTransaction, _ out: String) throws {
        let coupons = "coupon,account,name,product,granted,valid_from,valid_until,granted_at"
        try table(out + "/coupons.csv", coupons) { put in
            var page = CSVWriter()
            for owned in try transaction.coupons(of: nil) {
                let coupon = owned.coupon
                page.write([
                    coupon.id.text, owned.account.text, owned.name, coupon.product ?? "", owned.granted.description,
                    String(coupon.validFrom.value), String(coupon.validUntil.value),
                    String(owned.grantedAt.milliseconds),
                ])
            }
            try put(page)
        }
        let packages = """
            package,account,name,product,flavor,size,monthly,effective_from,expires_at,created_at,price,applied
            """
        try table(out + "/packages.csv", packages) { put in
            var page = CSVWriter()
            for owned in try transaction.packages(of: nil) {
                let package = owned.package
                page.write([
                    package.id.text, owned.account.text, owned.name, package.product.text, package.flavor?.text ?? "",
                    package.size.description, package.isMonthly ? "1" : "0", String(package.effectiveFrom.value),
                    String(package.expiresAt.value), String(package.createdAt.milliseconds), owned.price.description,
                    owned.isApplied ? "1" : "0",
                ])
            }
            try put(page)
        }
    }

    private static func stretches(_ transaction: any StoreTransaction, _ out: String) throws {
        let columns = "segment,account,project,resource,resource_name,product,flavor,quantity,book,meter,billed_until"
        let unsettled = try transaction.unsettledStretches()
        let series = try transaction.unsettledSeries(of: nil, before: Second(.max))
        let unbilled = Dictionary(uniqueKeysWithValues: series.map { ($0.segment, $0.first) })
        try table(out + "/segments.csv", columns) { put in
            try transaction.eachStretch { stretches in
                var page = CSVWriter()
                for metered in stretches {
                    let segment = metered.segment
                    let billedUntil = unsettled[segment.id].map { $0 ?? Second(0) } ?? unbilled[segment.id]
                    page.write([
                        segment.id.text, metered.account.text, metered.project.text, segment.resource.text,
                        metered.resourceName, segment.product.text, segment.flavor.text, String(segment.quantity),
                        metered.book, metered.meter?.text ?? "",
                        billedUntil.map { String($0.value) } ?? "",
                    ])
                }
                try put(page)
            }
        }
        try table(out + "/facts.csv", "segment,sequence,kind,at") { put in
            try transaction.eachStretch { stretches in
                var page = CSVWriter()
                for fact in try stretches.flatMap({ try transaction.facts(of: $0.segment.id) }) {
                    page.write([
                        fact.segment.text, String(fact.sequence), fact.kind.rawValue, String(fact.at.value),
                    ])
                }
                try put(page)
            }
        }
    }

    private static func events(_ transaction: any StoreTransaction, _ out: String) throws {
        try table(out + "/events.csv", "batch,account,sender,project,book,received_at,events") { put in
            var last: Int64 = 0
            while true {
                let batches = try transaction.eventBatches(after: last, limit: 100)
                guard let end = batches.last else { return }
                var page = CSVWriter()
                for (number, batch) in batches {
                    page.write([
                        String(number), batch.account.text, batch.sender.text, batch.project.text, batch.book,
                        String(batch.received.milliseconds), String(decoding: batch.body, as: UTF8.self),
                    ])
                }
                try put(page)
                last = end.number
            }
        }
    }

    private static func lines(_ transaction: any StoreTransaction, _ out: String) throws {
        let columns = """
            number,id,account,project,resource,segment,product,flavor,quantity,hour,from,until,seconds,counted,\
            unit_price,price_version,list,discount,discount_name,truncated,due,dropped,kind,cycle,billed_at,cash,\
            credit,arrears,settlement,packages,coupons,coupon
            """
        try table(out + "/lines.csv", columns) { put in
            var last: Int64 = 0
            while true {
                let lines = try transaction.billLines(after: last, limit: Self.page)
                guard let end = lines.last else { return }
                var page = CSVWriter()
                for (number, line) in lines { page.write(cells(of: line, number)) }
                try put(page)
                last = end.number
            }
        }
    }

    private static func cells(of line: BillLine, _ number: Int64) -> [String] {
        [
            String(number), line.id.text, line.account.text, line.project.text, line.resource.text, line.segment.text,
            line.product.text, line.flavor.text, String(line.quantity), String(line.hour.value),
            String(line.from.value), String(line.until.value), String(line.seconds), line.counted.description,
            line.unitPrice?.description ?? "", line.priceVersion, line.list.description, line.discount.description,
            line.discountName ?? "", line.truncated.description, line.due.description, line.dropped.description,
            line.kind.rawValue, line.cycle, String(line.billedAt.milliseconds), line.paid.cash.description,
            line.paid.credit.description, line.paid.arrears.description, line.settlement?.text ?? "",
            line.packages.text, line.coupons.text, line.coupons.total.description,
        ]
    }

    private static func journal(_ transaction: any StoreTransaction, _ out: String) throws {
        try table(out + "/postings.csv", "number,id,at,kind,reference") { put in
            try eachPosting(transaction) { postings in
                var page = CSVWriter()
                for numbered in postings {
                    let posting = numbered.posting
                    page.write([
                        String(numbered.number), posting.id.text, String(posting.at.milliseconds),
                        posting.kind.rawValue, posting.reference,
                    ])
                }
                try put(page)
            }
        }
        try table(out + "/entries.csv", "posting,place,owner,kind,currency,amount") { put in
            try eachPosting(transaction) { postings in
                var page = CSVWriter()
                for posting in postings.map(\.posting) {
                    for (place, entry) in posting.entries.enumerated() {
                        let cells = cells(of: entry.account, entry.amount.description)
                        page.write([posting.id.text, String(place)] + cells)
                    }
                }
                try put(page)
            }
        }
    }

    private static func eachPosting(
        _ transaction: any StoreTransaction, _ body: ([NumberedPosting]) throws -> Void
    ) throws {
        var last: Int64 = 0
        while true {
            let postings = try transaction.postings(after: last, limit: page)
            guard let end = postings.last else { return }
            try body(postings)
            last = end.number
        }
    }

    private static func balances(_ transaction: any StoreTransaction, _ out: String) throws {
        try table(out + "/balances.csv", "owner,kind,currency,amount") { put in
            var page = CSVWriter()
            let rows = try transaction.storedBalances().map { cells(of: $0.key, $0.value.description) }
            for row in rows.sorted(by: { $0.lexicographicallyPrecedes($1) }) { page.write(row) }
            try put(page)
        }
    }

    private static func cells(of account: LedgerAccount, _ amount: String) -> [String] {
        [account.owner, account.kind.rawValue, account.currency.code, amount]
    }
}
