import Billing
import Kernel
import Ledger
import Metering
import Money
import Platform
import Rating
import Wire

extension BillLine {
    /// A line as the own routes show it.
    var json: JSONValue {
        .fields(
            ("id", .text(id)), ("hour", .text(hour)), ("from", .text(from)), ("until", .text(until)),
            ("resource_id", .text(resource)), ("resource_name", .text(resourceName)), ("project_id", .text(project)),
            ("product", .text(product)), ("flavor", .text(flavor)), ("quantity", .whole(quantity)),
            ("seconds", .whole(seconds)), ("counted", .text(counted)),
            ("per_hour", unitPrice.map { .text($0) } ?? .null), ("price_version", .text(priceVersion)),
            ("list", .text(list)), ("discount", .text(discount)),
            ("discount_name", discountName.map { .text($0) } ?? .null), ("truncated", .text(truncated)),
            ("due", .text(due)),
            ("kind", .text(kind.rawValue)), ("cycle", .text(cycle)), ("billed_at", .time(billedAt)),
            (
                "paid",
                .fields(
                    ("coupon", .text(coupons.total)), ("cash", .text(paid.cash)), ("credit", .text(paid.credit)),
                    ("arrears", .text(paid.arrears)))
            ), ("packaged", .text(packages.total)),
            (
                "packages",
                .array(packages.map { .fields(("id", .text($0.package)), ("counted", .text($0.counted))) })
            ), ("coupons", .array(coupons.map { .fields(("id", .text($0.coupon)), ("amount", .text($0.amount))) })))
    }
}

extension ExplainBillLine.Explained {
    var json: JSONValue {
        .fields(
            ("line", line.json), ("formula", .text(explanation.formula)),
            ("steps", .array(explanation.steps.map { .text($0) })), ("facts", .array(explanation.facts.map(\.json))),
            (
                "price",
                .fields(
                    ("product", .text(line.product)), ("flavor", .text(line.flavor)),
                    ("per_hour", line.unitPrice.map { .text($0) } ?? .null), ("version", .text(line.priceVersion)))
            ),
            (
                "rounding",
                .fields(
                    ("rule", .text(explanation.rounding)),
                    ("dropped", .text("\(line.dropped.numerator)/\(line.dropped.denominator)")))
            ),
            ("postings", .array(postings.map(\.json))), ("currency", .text(currency)),
            ("sentence", .text(explanation.steps.joined(separator: " "))))
    }
}

extension Fact {
    fileprivate var json: JSONValue {
        .fields(
            ("segment", .text(segment)), ("sequence", .whole(sequence)), ("kind", .text(kind.rawValue)),
            ("at", .text(at)))
    }
}

extension Posting {
    fileprivate var json: JSONValue {
        .fields(
            ("id", .text(id)), ("at", .time(at)), ("kind", .text(kind.rawValue)), ("reference", .text(reference)),
            (
                "entries",
                .array(
                    entries.map {
                        .fields(
                            ("owner", .text($0.account.owner)), ("kind", .text($0.account.kind.rawValue)),
                            ("amount", .text($0.amount)))
                    })
            ))
    }
}
