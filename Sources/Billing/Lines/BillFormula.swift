import Metering
public import Money
public import Pricing

/// The arithmetic of a bill line, as people can check it with pencil and paper.
public enum BillFormula {
    /// Such as `600 s × 1 × 0.66 USD/h ÷ 3600 = 0.11 USD`, or with `10 GB` for a volume; where the price depends on
    /// the month's use, what was counted and what it added to the month's fee.
    public static func text(
        seconds: Int64, quantity: Int64, counted: Quantity, unitPrice: UnitPrice?, unit: UsageUnit, list: Amount,
        currency: Currency
    ) -> String {
        let isTime = counted == Quantity(seconds * quantity)
        let use = isTime ? "\(seconds) s × \(quantity)\(unit == .gigabyteHour ? " GB" : "")" : "\(counted)"
        guard let unitPrice else {
            return "\(use) of \(unit.name), at what it adds to the month's fee = \(list) \(currency)"
        }
        let divisor = unit.counted == 1 ? "" : " ÷ \(unit.counted)"
        return "\(use) × \(unitPrice) \(currency)/\(unit == .hour ? "h" : unit.name)\(divisor) = \(list) \(currency)"
    }
}

extension BillLine {
    /// The arithmetic of the list price.
    public func formula(unit: UsageUnit, currency: Currency) -> String {
        BillFormula.text(
            seconds: seconds, quantity: quantity, counted: counted, unitPrice: unitPrice, unit: unit, list: list,
            currency: currency)
    }
}

extension BillLineDraft {
    /// The arithmetic of the list price.
    public func formula(unit: UsageUnit, currency: Currency) -> String {
        BillFormula.text(
            seconds: seconds, quantity: metered.segment.quantity, counted: counted, unitPrice: unitPrice, unit: unit,
            list: list, currency: currency)
    }
}
