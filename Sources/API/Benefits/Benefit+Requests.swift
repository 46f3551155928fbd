import Kernel
import Money
import Platform
import Pricing
import Wire

extension GrantCoupon.Input {
    /// Reads `{name, amount, product?, valid_from?, valid_until}`.
    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        let name = fields.requiredString("name", characters: 1...128)
        let amount = fields.amount("amount")
        if fields.value("amount")?.string != nil, amount <= .zero {
            fields.refuse("amount", "The amount must be greater than zero.")
        }
        let product = fields.string("product").map { ProductID($0) }
        let from = fields.second("valid_from")
        let until = fields.second("valid_until")
        if fields.value("valid_until") == nil {
            fields.refuse("valid_until", "This field is needed.", code: .missingParameter)
        }
        try fields.check()
        self.init(name: name, amount: amount, product: product, validFrom: from, validUntil: until ?? Second(0))
    }
}

extension SellPackage.Input {
    /// Reads `{name, product, flavor?, size, monthly?, effective_from?, expires_at?, price?}`.
    init(json: JSONValue) throws {
        let fields = JSONFields(json)
        let name = fields.requiredString("name", characters: 1...128)
        let product = ProductID(fields.requiredString("product"))
        let flavor = fields.string("flavor").map { FlavorID($0) }
        let size = fields.quantity("size")
        let isMonthly = fields.bool("monthly") ?? false
        let from = fields.second("effective_from")
        let until = fields.second("expires_at")
        let price = fields.value("price") == nil ? Amount.zero : fields.amount("price")
        try fields.check()
        self.init(
            name: name, product: product, flavor: flavor, size: size, isMonthly: isMonthly, effectiveFrom: from,
            expiresAt: until, price: price)
    }
}

extension JSONFields {
    /// A time as ISO 8601.
    func second(_ key: String) -> Second? {
        guard let text = string(key) else { return nil }
        guard let second = Second(iso8601: text) else {
            refuse(key, "\(text.prefix(40)) is no time; write it as 2026-03-01T00:00:00+08:00.")
            return nil
        }
        return second
    }

    /// A quantity as a plain decimal in quotes, or a whole number.
    func quantity(_ key: String) -> Quantity {
        switch value(key) {
        case .string(let text), .number(let text):
            if let quantity = Quantity(text), quantity.isInRange { return quantity }
            refuse(key, "\(text.prefix(40)) is no quantity; write a plain decimal with at most 6 decimals.")
        case nil:
            refuse(key, "This field is needed.", code: .missingParameter)
        default:
            refuse(key, "A quantity is a plain decimal in quotes, such as \"100\".")
        }
        return .zero
    }
}
