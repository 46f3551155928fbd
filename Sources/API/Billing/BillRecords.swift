import Billing
import Identity
import Kernel
import Ledger
import Money
import Pricing
import Rating
import Wire

/// Writes bill lines as records of the billing centre.
///
/// Every line is pay-per-use (`charge_mode` 3) usage (`bill_type` 5), counted in the product's unit.
struct BillRecords: Sendable {
    let account: Account
    let book: PriceBook
    let region: String
    let zone: BillingZone
    let currency: Currency
    let total: Int

    /// A record of `res-fee-records`.
    func feeRecord(_ line: BillLine) -> JSONValue {
        let unit = book.unit(of: line.product)
        return .object(
            JSONObject(
                common(line) + [
                    (name: "resource_type", value: .text(product(line)?.resourceCode ?? "")),
                    (name: "resource_id", value: .text(line.resource)),
                    (name: "product_id", value: .text("\(line.product)/\(line.flavor)")),
                    (name: "product_name", value: .text(product(line)?.name ?? line.product.text)),
                    (name: "spec_size", value: .whole(line.quantity)),
                    // 17: GB of a volume; 14: so many nodes.
                    (name: "spec_size_measure_id", value: .whole(unit == .gigabyteHour ? unit.measureID : 14)),
                    (name: "trade_time", value: .time(line.billedAt)), (name: "charge_mode", value: .text("3")),
                    (name: "order_id", value: .text("")), (name: "period_type", value: .text("25")),
                    (name: "usage_type", value: .text("Duration")), (name: "usage", value: units(line, line.counted)),
                    (name: "usage_measure_id", value: .whole(unit.measureID)),
                    (name: "free_resource_usage", value: units(line, line.packages.total)),
                    (name: "free_resource_measure_id", value: .whole(unit.measureID)),
                    (name: "ri_usage", value: .whole(0)),
                    (name: "ri_usage_measure_id", value: .whole(unit.measureID)),
                    // Only simple pricing shows a unit price.
                    (name: "unit_price", value: line.unitPrice.map { .number($0.description) } ?? .null),
                    (name: "unit", value: .text("\(currency)/\(unit.name)")),
                    (name: "amount", value: .decimal(line.due)),
                    (name: "formula", value: .text(line.formula(unit: unit, currency: currency))),
                ]))
    }

    /// A record of `res-records/query`.
    func monthlyRecord(_ line: BillLine) -> JSONValue {
        .object(
            JSONObject(
                [(name: "cycle", value: .text(line.cycle))] + common(line) + [
                    // The capital letter is the wire's own.
                    (name: "resource_Type_code", value: .text(product(line)?.resourceCode ?? "")),
                    (name: "res_instance_id", value: .text(line.resource)),
                    (name: "root_resource_id", value: .text(line.resource)),
                    (name: "parent_resource_id", value: .text(line.resource)),
                    (name: "charge_mode", value: .whole(3)), (name: "period_type", value: .whole(25)),
                    (name: "consume_amount", value: .decimal(line.due)),
                    (name: "payer_account_id", value: .text(account.id)),
                ]))
    }

    private func common(_ line: BillLine) -> [(name: String, value: JSONValue)] {
        let zero = JSONValue.decimal(Amount.zero)
        return [
            (name: "id", value: .text(line.id)), (name: "trade_id", value: .text(line.id)),
            (name: "bill_date", value: .text(zone.civil(line.from).dateText)), (name: "bill_type", value: .whole(5)),
            (name: "customer_id", value: .text(account.id)), (name: "account_name", value: .text(account.name)),
            (name: "region", value: .text(region)), (name: "region_name", value: .text(region)),
            (name: "cloud_service_type", value: .text(product(line)?.serviceCode ?? "")),
            (name: "cloud_service_type_name", value: .text(product(line)?.name ?? "")),
            (name: "resource_type_name", value: .text(product(line)?.name ?? "")),
            (name: "effective_time", value: .text(line.from)), (name: "expire_time", value: .text(line.until)),
            (name: "consume_time", value: .text(line.from)), (name: "resource_name", value: .text(line.resourceName)),
            (name: "resource_tag", value: .text("")), (name: "sku_code", value: .text(line.flavor)),
            (name: "product_spec_desc", value: .text(book.flavor(line.flavor)?.name ?? line.flavor.text)),
            (name: "enterprise_project_id", value: .text("0")),
            (name: "enterprise_project_name", value: .text("default")),
            (name: "official_amount", value: .decimal(line.list)),
            // What the China site cuts off has no column here, so it counts as a discount: list − discount = due.
            (name: "discount_amount", value: .decimal(line.discount + line.truncated)),
            (name: "cash_amount", value: .decimal(line.paid.cash)),
            (name: "credit_amount", value: .decimal(line.paid.credit)),
            (name: "coupon_amount", value: .decimal(line.coupons.total)),
            (name: "flexipurchase_coupon_amount", value: zero), (name: "stored_card_amount", value: zero),
            (name: "bonus_amount", value: zero), (name: "debt_amount", value: .decimal(line.paid.arrears)),
            (name: "adjustment_amount", value: zero), (name: "measure_id", value: .currencyUnit),
        ]
    }

    private func product(_ line: BillLine) -> Product? { book.product(line.product) }

    /// Units with 10 decimals, the rest cut, as the billing centre writes usage.
    private func units(_ line: BillLine, _ quantity: Quantity) -> JSONValue {
        let counted = Int128(book.unit(of: line.product).counted)
        return .number(FixedPoint.text(Rounding.towardZero.quotient(quantity.units * 10_000, counted), scale: 10))
    }
}
