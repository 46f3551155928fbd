public import Identity
public import Kernel
import Ledger
public import Money
public import Pricing

/// Grants an account a coupon: money for some product until some time.
public struct GrantCoupon: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// What is granted.
    public struct Input: Hashable, Sendable {
        public let name: String
        public let amount: Amount
        /// The one product it pays for; nil for all.
        public let product: ProductID?
        /// Nil for the present second.
        public let validFrom: Second?
        public let validUntil: Second

        public init(name: String, amount: Amount, product: ProductID?, validFrom: Second?, validUntil: Second) {
            self.name = name
            self.amount = amount
            self.product = product
            self.validFrom = validFrom
            self.validUntil = validUntil
        }
    }

    /// Grants it, and gives it as it stands.
    ///
    /// - Parameter key: the caller's idempotency key; with the same coupon it counts once, with another it is refused.
    public func callAsFunction(
        _ input: Input, to account: AccountID, key: String?, caller: Caller
    ) async throws -> OwnedCoupon {
        try caller.require(.operate, in: Scope(account: account))
        let now = ports.clock.now()
        let (id, posting): (CouponID, PostingID) = (ports.identifiers.hexadecimal(), ports.identifiers.hexadecimal())
        return try await ports.store.write { [ports] transaction in
            let terms = try transaction.requiredTerms(of: account)
            let owned = try transaction.coupons(of: account)
            if let key, let earlier = owned.first(where: { $0.key == key }) {
                guard earlier.isSame(as: input) else { throw Fault.otherBenefit(key) }
                return earlier
            }
            let from = input.validFrom ?? now.second
            try check(input, from: from, key: key, book: try ports.catalogue.book(terms.book))
            guard owned.count < Limits.benefitsOfAccount else { throw Fault.manyBenefits("coupons") }
            let coupon = Coupon(
                id: id, remaining: input.amount, product: input.product?.text, validFrom: from,
                validUntil: input.validUntil)
            let new = OwnedCoupon(
                account: account, name: input.name, coupon: coupon, granted: input.amount, grantedAt: now, key: key)
            try transaction.insert(new)
            try transaction.post(
                try Posting.grant(
                    of: coupon, id: posting, at: now, owner: account.text, currency: terms.currency), ports: ports)
            return new
        }
    }

    private func check(_ input: Input, from: Second, key: String?, book: PriceBook) throws {
        var faults = Faults()
        faults.requireBenefit(name: input.name, key: key)
        faults.require(input.amount > .zero, "The amount must be greater than zero.", field: "amount")
        if let product = input.product { faults.require(product, in: book) }
        faults.require(
            input.validUntil > max(from, ports.clock.now().second),
            "A coupon ends after it begins, and not before now.", field: "valid_until")
        try faults.check()
    }
}

extension OwnedCoupon {
    /// Whether it is what was asked for; what was left open may be anything.
    fileprivate func isSame(as input: GrantCoupon.Input) -> Bool {
        name == input.name && granted == input.amount && coupon.product == input.product?.text
            && coupon.validFrom == input.validFrom ?? coupon.validFrom && coupon.validUntil == input.validUntil
    }
}

extension Faults {
    /// What coupons and packages have in common.
    mutating func requireBenefit(name: String, key: String?) {
        require((1...128).contains(name.unicodeScalars.count), "The name has 1 to 128 characters.", field: "name")
        if let key {
            require(
                (1...128).contains(key.utf8.count), "The idempotency key has 1 to 128 bytes.", field: "idempotency_key")
        }
    }

    mutating func require(_ product: ProductID, in book: PriceBook) {
        require(
            book.product(product) != nil,
            "There is no product \(product) in the price book \(book.id); there are "
                + book.products.map(\.id.text).joined(separator: ", ") + ".", field: "product")
    }
}

extension Fault {
    static func otherBenefit(_ key: String) -> Fault {
        Fault(.conflict, "The idempotency key \(key) was used for something else.", field: "idempotency_key")
    }

    static func manyBenefits(_ what: String) -> Fault {
        Fault(.quotaExceeded, "An account has at most \(Limits.benefitsOfAccount) \(what).")
    }
}
