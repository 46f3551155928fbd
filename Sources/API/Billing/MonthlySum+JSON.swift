import Billing
import Identity
import Kernel
import Money
import Platform
import Pricing
import Wire

extension ShowMonthlySum.MonthlySum {
    /// A month as the billing centre shows it: a record a product, exact, and the total as the site rounds a month.
    func json(of account: Account, service: String?, page: PageRequest) -> JSONValue {
        let shown = sums.filter { sum in service.map { $0 == product(of: sum)?.serviceCode } ?? true }
        let total = service == nil ? payable : profile.monthlyTotal(of: shown.reduce(Amount.zero) { $0 + $1.due })
        let zero = JSONValue.decimal(Amount.zero)
        return .fields(
            ("total_count", .whole(shown.count)),
            ("bill_sums", .array(shown.dropFirst(page.offset).prefix(page.limit).map { record($0, account) })),
            ("consume_amount", .decimal(total)),
            ("debt_amount", .decimal(shown.reduce(.zero) { $0 + $1.arrears })),
            ("coupon_amount", .decimal(shown.reduce(.zero) { $0 + $1.coupon })),
            ("flexipurchase_coupon_amount", zero), ("stored_value_card_amount", zero),
            ("cash_amount", .decimal(shown.reduce(.zero) { $0 + $1.cash })),
            ("credit_amount", .decimal(shown.reduce(.zero) { $0 + $1.credit })), ("writeoff_amount", zero),
            ("measure_id", .currencyUnit), ("currency", .text(currency)))
    }

    private func record(_ sum: BillSum, _ account: Account) -> JSONValue {
        let product = product(of: sum)
        let zero = JSONValue.decimal(Amount.zero)
        return .fields(
            ("bill_cycle", .text(cycle)), ("bill_type", .whole(1)), ("customer_id", .text(account.id)),
            ("account_name", .text(account.name)), ("charging_mode", .whole(3)),
            ("service_type_code", product.map { .text($0.serviceCode) }),
            ("service_type_name", product.map { .text($0.name) }),
            ("resource_type_code", product.map { .text($0.resourceCode) }),
            ("resource_type_name", product.map { .text($0.name) }), ("official_amount", .decimal(sum.list)),
            ("official_discount_amount", .decimal(sum.discount)), ("truncated_amount", .decimal(sum.truncated)),
            ("consume_amount", .decimal(sum.due)), ("coupon_amount", .decimal(sum.coupon)),
            ("flexipurchase_coupon_amount", zero),
            ("stored_value_card_amount", zero), ("debt_amount", .decimal(sum.arrears)), ("writeoff_amount", zero),
            ("cash_amount", .decimal(sum.cash)), ("credit_amount", .decimal(sum.credit)), ("measure_id", .currencyUnit))
    }

    private func product(of sum: BillSum) -> Product? { products.first { $0.id.text == sum.product } }
}
