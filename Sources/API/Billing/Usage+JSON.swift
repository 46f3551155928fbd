import Billing
import Kernel
import Metering
import Money
import Platform
import Wire

extension ShowUsage.Overview {
    var json: JSONValue {
        let total = usages.reduce(Amount.zero) { $0 + $1.unbilledAmount }
        return .fields(
            ("currency", .text(currency)), ("as_of", .time(at)), ("total", .text(total)),
            ("items", .array(usages.map { $0.json(currency: currency) })))
    }
}

extension ShowUsage.Usage {
    fileprivate var unbilledAmount: Amount { unbilled.reduce(.zero) { $0 + $1.due } }

    /// `seconds`, `amount` and `formula` are what no bill shows yet; `fee` is the whole so far.
    fileprivate func json(currency: Currency) -> JSONValue {
        .fields(
            ("resource_id", .text(resource)), ("resource_name", .text(resourceName)), ("project_id", .text(project)),
            ("product", .text(product)), ("flavor", .text(flavor)), ("quantity", .whole(quantity)),
            ("started_at", .text(start)), ("proven_until", .text(until)), ("running", .bool(isRunning)),
            ("estimated", .bool(isEstimated)),
            ("seconds", .whole(unbilled.reduce(Int64(0)) { $0 + $1.seconds })),
            ("per_hour", unbilled.last?.unitPrice.map { .text($0) } ?? .null), ("amount", .text(unbilledAmount)),
            ("formula", .text(unbilled.map { $0.formula(unit: unit, currency: currency) }.joined(separator: "; "))),
            ("billed_seconds", .whole(billedSeconds)), ("billed", .text(billed)), ("total_seconds", .whole(seconds)),
            ("fee", .text(fee)))
    }
}
