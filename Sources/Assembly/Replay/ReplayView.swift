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
    let files: TraceFiles
    let outcome: Replay.Outcome

    private typealias Fields = [(name: String, value: JSONValue)]

    private var total: SumBooks.Sum { outcome.books.accounts.reduce(into: SumBooks.Sum()) { $0 += $1.sum } }

    /// Accounts that the trace named.
    private var accounts: [(name: String, id: String, sum: SumBooks.Sum)] {
        outcome.books.accounts.filter { outcome.told.nodeSeconds[$0.account.id.text] != nil }
            .map { ($0.account.name, $0.account.id.text, $0.sum) }
    }

    /// Accounts whose bills do not count what the trace told of them; where products count begun minutes or days,
    /// bills count more than that, and nothing can be said.
    var misfits: [String] {
        guard book.products.allSatisfy({ $0.metering == .perSecond }) else { return [] }
        return accounts.compactMap { name, id, sum in
            let told = (outcome.told.nodeSeconds[id] ?? 0) * Quantity.one
            guard told != sum.counted.units else { return nil }
            return "\(name): the trace tells of \(Quantity(units: told)) node-seconds, the bills of \(sum.counted)"
        }
    }

    var json: JSONValue {
        let told = outcome.told
        let nodeSeconds = told.nodeSeconds.values.reduce(0, +)
        let head: Fields = [
            ("format", .string(format.rawValue)),
            (
                "price_book",
                .object(
                    JSONObject([
                        (name: "id", value: .string(book.id.text)), (name: "version", value: .string(book.version)),
                        (name: "currency", value: .string(book.currency.code)),
                        (name: "site", value: .string(book.profile.rawValue)),
                    ]))
            ), ("rows", .number(String(files.rows))), ("refused", .number(String(files.refused))),
            ("uses", .number(String(told.uses))), ("late", .number(String(told.late))),
            ("first", told.first.map { .string($0.description) } ?? .null),
            ("last", told.last.map { .string($0.description) } ?? .null),
            ("node_seconds", .number(String(nodeSeconds))),
        ]
        let tail: Fields = [
            ("postings", .number(String(outcome.books.root?.number ?? 0))),
            ("root", .string(outcome.books.root?.digest ?? "")),
            ("trace", .object(JSONObject(Self.fields(of: TraceFigure.sums(of: files.tenants.map(\.figures)))))),
            (
                "tenants",
                .array(
                    files.tenants.map { tenant in
                        .object(JSONObject([("tenant", .string(tenant.name))] + Self.fields(of: tenant.figures)))
                    })
            ),
            (
                "accounts",
                .array(
                    accounts.map { name, id, sum in
                        let seconds = String(told.nodeSeconds[id] ?? 0)
                        return .object(
                            JSONObject(
                                [
                                    ("account", .string(name)), ("id", .string(id)),
                                    ("node_seconds", .number(seconds)),
                                ] + Self.fields(of: sum)))
                    })
            ),
        ]
        return .object(JSONObject(head + Self.fields(of: total) + tail))
    }

    private static func fields(of sum: SumBooks.Sum) -> Fields {
        [
            ("lines", .number(String(sum.lines))), ("counted", .string(sum.counted.description)),
            ("list", .string(sum.list.description)), ("discount", .string(sum.discount.description)),
            ("truncated", .string(sum.truncated.description)), ("due", .string(sum.due.description)),
        ]
    }

    private static func fields(of figures: [TraceFigure]) -> Fields {
        figures.map { ($0.name, .number(String($0.value))) }
    }

    /// A row an account, what the trace adds up to, and the journal's root.
    var text: String {
        let rows = accounts.map { name, _, sum in Self.row(name, sum, currency: "") }
        let table = Table(
            header: ["ACCOUNT", "LINES", "NODE-HOURS", "LIST", "DISCOUNT", "DUE"],
            rows: rows + [Self.row("total", total, currency: " \(book.currency)")],
            isNumber: [false, true, true, true, true, true], isWhole: Array(repeating: false, count: 6)
        ).text
        let told = outcome.told
        let figures = TraceFigure.sums(of: files.tenants.map(\.figures)).map { ($0.name, String($0.value)) }
        let facts: [(String, String)] =
            [
                ("period", [told.first, told.last].compactMap { $0?.description }.joined(separator: " – ")),
                ("rows", "\(files.rows), \(files.refused) refused"), ("uses", "\(told.uses), \(told.late) told late"),
                ("node_seconds", String(told.nodeSeconds.values.reduce(0, +))),
            ] + figures + [("root", outcome.books.root?.digest ?? "")]
        let width = facts.map(\.0.count).max() ?? 0
        let lines = facts.map { name, value in
            name + String(repeating: " ", count: width - name.count + 2) + value
        }
        return table + "\n\n" + lines.joined(separator: "\n")
    }

    private static func row(_ name: String, _ sum: SumBooks.Sum, currency: String) -> [String] {
        let hours = FixedPoint.text(
            Rounding.halfUp.quotient(sum.counted.units, 3_600), scale: Quantity.scale)
        return [
            name, String(sum.lines), hours, sum.list.description, sum.discount.description,
            sum.due.description + currency,
        ]
    }
}
