public import Identity
public import Kernel
import Ledger
public import Money
public import Pricing
import Rating

/// Sells an account a resource package, or grants it where it costs nothing.
///
/// It covers use from its first hour on, also what is billed already: the next hour's close corrects that.
public struct SellPackage: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// What is sold.
    public struct Input: Hashable, Sendable {
        public let name: String
        public let product: ProductID
        /// Nil for every flavor of the product.
        public let flavor: FlavorID?
        /// Units of the product, each calendar month where `isMonthly`, else once.
        public let size: Quantity
        public let isMonthly: Bool
        /// The start of a clock hour; nil for the present one.
        public let effectiveFrom: Second?
        /// The start of a clock hour; nil for the end of the month in which it begins.
        public let expiresAt: Second?
        public let price: Amount

        public init(
            name: String, product: ProductID, flavor: FlavorID?, size: Quantity, isMonthly: Bool,
            effectiveFrom: Second?, expiresAt: Second?, price: Amount
        ) {
            self.name = name
            self.product = product
            self.flavor = flavor
            self.size = size
            self.isMonthly = isMonthly
            self.effectiveFrom = effectiveFrom
            self.expiresAt = expiresAt
            self.price = price
        }
    }

    /// Sells it: the price is paid at once, from cash, then credit; never from what is reserved.
    ///
    /// - Parameter key: the caller's idempotency key; with the same package it counts once, with another it is refused.
    public func callAsFunction(
        _ input: Input, to account: AccountID, key: String?, caller: Caller
    ) async throws -> OwnedPackage {
        try caller.require(.operate, in: Scope(account: account))
        let now = ports.clock.now()
        let (id, posting): (ResourcePackageID, PostingID) = (
            ports.identifiers.hexadecimal(), ports.identifiers.hexadecimal()
        )
        return try await ports.store.write { [ports] transaction in
            let owned = try transaction.packages(of: account)
            if let key, let earlier = owned.first(where: { $0.key == key }) {
                guard earlier.isSame(as: input) else { throw Fault.otherBenefit(key) }
                return earlier
            }
            let terms = try transaction.requiredTerms(of: account)
            let from = input.effectiveFrom ?? ports.settings.zone.startOfHour(now.second)
            let package = ResourcePackage(
                id: id, product: input.product, flavor: input.flavor, size: input.size, isMonthly: input.isMonthly,
                effectiveFrom: from, expiresAt: input.expiresAt ?? ports.settings.zone.month(of: from).upperBound,
                createdAt: now)
            try check(package, input, key: key, book: try ports.catalogue.book(terms.book))
            guard owned.count < Limits.benefitsOfAccount else { throw Fault.manyBenefits("packages") }
            let new = OwnedPackage(account: account, name: input.name, package: package, price: input.price, key: key)
            try transaction.insert(new)
            if input.price > .zero { try transaction.pay(for: new, with: posting, terms, at: now, ports: ports) }
            return new
        }
    }

    private func check(_ package: ResourcePackage, _ input: Input, key: String?, book: PriceBook) throws {
        var faults = Faults()
        faults.requireBenefit(name: input.name, key: key)
        faults.require(input.product, in: book)
        if let flavor = input.flavor, let product = book.product(input.product) {
            let known = product.variants + book.flavors(for: product.id).map(\.id)
            faults.require(
                known.contains(flavor),
                "There is no flavor \(flavor) of \(product.id); there are "
                    + known.map(\.text).joined(separator: ", ") + ".", field: "flavor")
        }
        faults.require(
            input.size > .zero && package.size(in: book.unit(of: input.product)).isInRange,
            "The size is greater than zero and at most 9.2 trillion of what is counted.", field: "size")
        faults.require(input.price >= .zero, "The price is not negative.", field: "price")
        let zone = ports.settings.zone
        for (second, field) in [(package.effectiveFrom, "effective_from"), (package.expiresAt, "expires_at")] {
            faults.require(
                zone.startOfHour(second) == second,
                "A package begins and ends with a clock hour, such as "
                    + "\(zone.startOfHour(second)).", field: field)
        }
        faults.require(
            package.expiresAt > max(package.effectiveFrom, ports.clock.now().second),
            "A package expires after it begins, and not before now.", field: "expires_at")
        try faults.check()
    }
}

extension OwnedPackage {
    /// Whether it is what was asked for; what was left open may be anything.
    fileprivate func isSame(as input: SellPackage.Input) -> Bool {
        name == input.name && package.product == input.product && package.flavor == input.flavor
            && package.size == input.size && package.isMonthly == input.isMonthly && price == input.price
            && package.effectiveFrom == input.effectiveFrom ?? package.effectiveFrom
            && package.expiresAt == input.expiresAt ?? package.expiresAt
    }
}

extension StoreTransaction {
    fileprivate func pay(
        for owned: OwnedPackage, with posting: PostingID, _ terms: BillingTerms, at now: Instant, ports: Ports
    ) throws {
        let wallet = try spendableWallet(of: owned.account, ports: ports)
        guard !wallet.isInArrears, wallet.available >= owned.price else {
            throw Fault(
                .insufficientBalance,
                "The package costs \(owned.price.text(decimals: 2)) \(terms.currency), and "
                    + "\(wallet.available.text(decimals: 2)) are available; top the account up first.", field: "price")
        }
        try post(
            try Posting.purchase(
                id: posting, at: now, order: Posting.reference(toPackage: owned.package.id.text),
                owner: owned.account.text, currency: terms.currency, split: wallet.paying(owned.price)), ports: ports)
    }
}
