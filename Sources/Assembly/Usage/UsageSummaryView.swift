import Commands
import Kernel
import Money
import Pricing
import Rating
import Wire

/// What a rating came to, for people and for programs.
struct UsageSummaryView {
    private let summary: UsageSummary
    private let book: PriceBook
    private let partition: String?

    init(_ summary: UsageSummary, book: PriceBook, partition: String?) {
        self.summary = summary
        self.book = book
        self.partition = partition
    }

    var json: JSONValue {
        .object(
            JSONObject(
                [
                    (
                        name: "price_book",
                        value: .object(
                            JSONObject([
                                (name: "id", value: .string(book.id.text)),
                                (name: "version", value: .string(book.version)),
                                (name: "currency", value: .string(book.currency.code)),
                                (name: "site", value: .string(book.profile.rawValue)),
                            ]))
                    ), (name: "partition", value: partition.map { .string($0) } ?? .null),
                    (name: "rows", value: .number(String(summary.rows))),
                    (name: "rejected", value: .number(String(summary.rejected))),
                ] + Self.fields(of: summary.total) + [
                    (
                        name: "uses",
                        value: .array(
                            summary.uses.sorted { $0.key < $1.key }.map { use, sum in
                                .object(
                                    JSONObject(
                                        [
                                            (name: "product", value: .string(use.product)),
                                            (name: "flavor", value: .string(use.flavor)),
                                        ] + Self.fields(of: sum)))
                            })
                    )
                ]))
    }

    private static func fields(of sum: UsageSum) -> [(name: String, value: JSONValue)] {
        [
            (name: "lines", value: .number(String(sum.lines))),
            (name: "counted", value: .string(sum.counted.description)),
            (name: "list", value: .string(sum.list.description)),
            (name: "discount", value: .string(sum.discount.description)),
            (name: "truncated", value: .string(sum.truncated.description)),
            (name: "due", value: .string(sum.due.description)),
        ]
    }

    var table: String {
        let rows = summary.uses.sorted { $0.key < $1.key }.map { use, sum in
            let unit = book.unit(of: ProductID(use.product))
            let units = Rounding.towardZero.quotient(sum.counted.units, Int128(unit.counted))
            return [
                use.product, use.flavor, String(sum.lines),
                "\(FixedPoint.text(units, scale: Quantity.scale)) \(unit.name)", sum.list.description,
                sum.discount.description, sum.due.description,
            ]
        }
        let total = summary.total
        let last = [
            "total", "", String(total.lines), "", total.list.description, total.discount.description,
            "\(total.due) \(book.currency)",
        ]
        return Table(
            header: ["PRODUCT", "FLAVOR", "LINES", "USE", "LIST", "DISCOUNT", "DUE"], rows: rows + [last],
            isNumber: [false, false, true, true, true, true, true], isWhole: Array(repeating: false, count: 7)
        ).text
    }
}
