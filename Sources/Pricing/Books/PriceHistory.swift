public import Kernel

extension PriceBook {
    /// What stands against putting this edition in the place of an older one: the past never changes (law 5).
    ///
    /// Every second before `now` must have the price it had, or have none where it had none.
    public func faults(replacing old: PriceBook, at now: Second) -> Faults {
        var faults = Faults()
        faults.require(id == old.id, .invalidParameter, "is \(id); the book it replaces is \(old.id)", field: "id")
        faults.require(
            currency == old.currency, .conflict, "was \(old.currency) and stays so; make a new book", field: "currency")
        faults.require(
            profile == old.profile, .conflict, "was \(old.profile.rawValue) and stays so; make a new book",
            field: "site")
        for use in uses.union(old.uses).sorted() {
            guard let second = firstChange(of: use, from: old, before: now) else { continue }
            let was = old.price(product: use.product, flavor: use.flavor, at: second)
            let says = price(product: use.product, flavor: use.flavor, at: second)
            faults.add(
                .conflict,
                "\(use.product) on \(use.flavor) at \(second) had \(Self.words(was)), this edition says "
                    + "\(Self.words(says)); keep the past and date the change \(now) or later",
                field: "prices")
        }
        return faults
    }

    /// The first second before `now` at which a use is priced otherwise than in an older edition.
    ///
    /// Prices are constant between the bounds of their validity, so only the bounds are looked at.
    private func firstChange(of use: PricedUse, from old: PriceBook, before now: Second) -> Second? {
        let entries = Array(history(of: use)) + Array(old.history(of: use))
        let bounds = Set(entries.map(\.validFrom) + entries.compactMap(\.validUntil)).filter { $0 < now }
        return bounds.sorted().first { second in
            price(product: use.product, flavor: use.flavor, at: second)?.perHour
                != old.price(product: use.product, flavor: use.flavor, at: second)?.perHour
        }
    }

    private static func words(_ price: DatedPrice?) -> String { price.map { "\($0.perHour) an hour" } ?? "no price" }
}
