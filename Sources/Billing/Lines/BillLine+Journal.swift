import Kernel
public import Ledger
import Money
import Rating

extension JournalText {
    /// Adds everything that a bill line says.
    public mutating func add(_ line: BillLine) {
        add(line.id.text)
        add(line.account.text)
        add(line.project.text)
        add(line.resource.text)
        add(line.resourceName)
        add(line.segment.text)
        add(line.product.text)
        add(line.flavor.text)
        add(line.quantity)
        add(line.hour.value)
        add(line.from.value)
        add(line.until.value)
        add(line.seconds)
        add(line.counted.description)
        add(line.unitPrice?.description ?? "")
        add(line.discountName ?? "")
        add(line.priceVersion)
        add(line.list.description)
        add(line.discount.description)
        add(line.truncated.description)
        add(line.due.description)
        add(line.dropped.description)
        add(line.kind.rawValue)
        add(line.cycle)
        add(line.billedAt.milliseconds)
        add(line.paid.cash.description)
        add(line.paid.credit.description)
        add(line.paid.arrears.description)
        // Only where there are any, so that the links of older journals stay as they are; no line's id begins so.
        if !line.packages.isEmpty { add("packages " + line.packages.text) }
        if !line.coupons.isEmpty { add("coupons " + line.coupons.text) }
    }
}
