import Commands
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Pricing
import Wire

/// What a replay came to, for people and for programs.
struct ReplayView {
    let format: TraceFormat
    let book: PriceBook
    let outcome: ReplayOutcome

    private typealias Fields = [(name: String, value: JSONValue)]

    /// One use of one account: what the trace told, and what was billed.
    private struct Row {
        let account: Account
        let use: AccountUse
        let told: Int128?
        let sum: SumBooks.Sum
    }

    private var rows: [Row] {
        let names = Dictionary(uniqueKeysWithValues: outcome.books.accounts.map { ($0.id, $0) })
        return Set(outcome.books.uses.keys).union(outcome.told.counted.keys).compactMap { use in
            names[use.account].map {
                Row(
                    account: $0, use: use, told: outcome.told.counted[use],
                    sum: outcome.books.uses[use] ?? SumBooks.Sum())
            }
        }.sorted {
            ($0.account.name, $0.use.product, $0.use.flavor) < ($1.account.name, $1.use.product, $1.use.flavor)
        }
    }

    private var total: SumBooks.Sum { outcome.books.uses.values.reduce(into: SumBooks.Sum()) { $0 += $1 } }

    private var figures: [TraceFigure] { TraceFigure.sums(of: outcome.trace.tenants.map(\.figures)) }

    /// Uses of which the bills do not count what the trace told; where a product counts begun minutes or days, bills
    /// count more than that, and nothing can be said.
    var misfits: [String] {
        rows.compactMap { row in
            guard let told = row.told, book.product(row.use.product)?.metering == .perSecond,
                told * Quantity.one != row.sum.counted.units
            else { return nil }
            return "\(row.account.name), \(row.use.product), \(row.use.flavor): the trace tells of \(told), "
                + "the bills of \(row.sum.counted)"
        }
    }

    var json: JSONValue {
        let told = outcome.told
        let head: Fields = [
            ("format", .string(format.rawValue)),
            (
                "price_book",
                Self.object([
                    ("id", .string(book.id.text)), ("version", .string(book.version)),
                    ("currency", .string(book.currency.code)), ("site", .string(book.profile.rawValue)),
                ])
            ), ("rows", Self.whole(outcome.trace.rows)), ("refused", Self.whole(outcome.trace.refused)),
            ("items", Self.whole(told.items)), ("late", Self.whole(told.late)),
            ("first", told.first.map { .string($0.description) } ?? .null),
            ("last", told.last.map { .string($0.description) } ?? .null),
        ]
        let tail: Fields = [
            ("postings", Self.whole(outcome.books.root?.number ?? 0)),
            ("root", .string(outcome.books.root?.digest ?? "")), ("trace", Self.object(Self.fields(of: figures))),
            ("tenants", .array(outcome.trace.tenants.map(Self.json))), ("uses", .array(rows.map(Self.json))),
        ]
        return Self.object(head + Self.fields(of: total) + tail)
    }

    private static func json(_ row: Row) -> JSONValue {
        let head: Fields = [
            ("account", .string(row.account.name)), ("account_id", .string(row.account.id.text)),
            ("product", .string(row.use.product.text)), ("flavor", .string(row.use.flavor.text)),
            ("told", row.told.map(whole) ?? .null), ("counted", .string(row.sum.counted.description)),
        ]
        return object(head + fields(of: row.sum))
    }

    private static func json(_ tenant: TraceSummary.Tenant) -> JSONValue {
        let period: Fields =
            tenant.period.map { [("first", .string($0.first)), ("last", .string($0.last))] } ?? []
        return object([("tenant", .string(tenant.name))] + fields(of: tenant.figures) + period)
    }

    private static func fields(of sum: SumBooks.Sum) -> Fields {
        [
            ("lines", whole(sum.lines)), ("list", .string(sum.list.description)),
            ("discount", .string(sum.discount.description)), ("truncated", .string(sum.truncated.description)),
            ("due", .string(sum.due.description)),
        ]
    }

    private static func fields(of figures: [TraceFigure]) -> Fields { figures.map { ($0.name, whole($0.value)) } }

    private static func whole(_ number: some BinaryInteger) -> JSONValue { .number(String(number)) }

    private static func object(_ fields: Fields) -> JSONValue { .object(JSONObject(fields)) }

    /// A row a use, what the trace adds up to, and the journal's root.
    var text: String {
        let cells = rows.map { row in
            [
                row.account.name, row.use.flavor.text, String(row.sum.lines), units(of: row), row.sum.list.description,
                row.sum.due.description,
            ]
        }
        let sums = ["total", "", String(total.lines), "", total.list.description, "\(total.due) \(book.currency)"]
        let table = Table(
            header: ["ACCOUNT", "FLAVOR", "LINES", "USE", "LIST", "DUE"], rows: cells + [sums],
            isNumber: [false, false, true, true, true, true], isWhole: Array(repeating: false, count: 6)
        ).text
        return table + "\n\n" + notes
    }

    private var notes: String {
        let told = outcome.told
        let notes: [(name: String, value: String)] =
            [
                ("period", [told.first, told.last].compactMap { $0?.description }.joined(separator: " – ")),
                ("rows", "\(outcome.trace.rows), \(outcome.trace.refused) refused"),
                ("items", "\(told.items), \(told.late) told late"),
            ] + figures.map { ($0.name, String($0.value)) } + [("root", outcome.books.root?.digest ?? "")]
        let width = notes.map(\.name.count).max() ?? 0
        return notes.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }.joined(separator: "\n")
    }

    /// What was counted, in the unit that it is sold in.
    private func units(of row: Row) -> String {
        let unit = book.unit(of: row.use.product)
        let units = Rounding.towardZero.quotient(row.sum.counted.units, Int128(unit.counted))
        return "\(FixedPoint.text(units, scale: Quantity.scale)) \(unit.name)"
    }
}
