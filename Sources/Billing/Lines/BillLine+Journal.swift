import Kernel
public import Ledger
import Money
import Rating

extension JournalText {
    /// Adds everything that a bill line says.
    public mutating func add(_ line: BillLine) {
        for field in [
            line.id.text, line.account.text, line.project.text, line.resource.text, line.resourceName,
            line.segment.text, line.product.text, line.flavor.text, String(line.quantity), String(line.hour.value),
            String(line.from.value), String(line.until.value), String(line.seconds), line.counted.description,
            line.unitPrice?.description ?? "", line.discountName ?? "", line.priceVersion, line.list.description,
            line.discount.description, line.truncated.description, line.due.description, line.dropped.description,
            line.kind.rawValue, line.cycle, String(line.billedAt.milliseconds), line.paid.cash.description,
            line.paid.credit.description, line.paid.arrears.description,
        ] { add(field) }
        // Only where there are any, so that the links of older journals stay as they are; no line's id begins so.
        if !line.packages.isEmpty { add("packages " + line.packages.text) }
        if !line.coupons.isEmpty { add("coupons " + line.coupons.text) }
    }
}
