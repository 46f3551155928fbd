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
        let payers = namedPayers.union(old.namedPayers).map(\.payer).sorted {
            ($0.account, $0.project) < ($1.account, $1.project)
        }
        for use in uses.union(old.uses).sorted() {
            for payer in [.anyone] + payers {
                let was = old.schedule(product: use.product, flavor: use.flavor, payer: payer)
                let says = schedule(product: use.product, flavor: use.flavor, payer: payer)
                guard was != says, let second = Self.firstChange(was, says, before: now) else { continue }
                faults.add(
                    .conflict,
                    "\(use.product) on \(use.flavor) at \(second) had \(Self.words(was.piece(at: second))), this "
                        + "edition says \(Self.words(says.piece(at: second))); keep the past and date the change "
                        + "\(now) or later",
                    field: "prices")
                break
            }
        }
        faults.append(meterFaults(replacing: old, at: now))
        for product in old.products {
            guard let new = self.product(product.id), new.unit != product.unit || new.metering != product.metering
            else { continue }
            faults.add(
                .conflict, "\(product.id) was counted in \(product.unit.name) and stays so; make a new product",
                field: "products")
        }
        return faults
    }

    /// The first second before `now` at which a use is priced otherwise.
    ///
    /// Prices change only where an era or a part of the day begins, so only a day after each bound is looked at.
    private static func firstChange(_ old: PriceSchedule, _ new: PriceSchedule, before now: Second) -> Second? {
        let bounds = Set(old.bounds + new.bounds).filter { $0 < now }.sorted()
        for bound in bounds {
            let day = bound..<min(now, bound + 86_400)
            let starts = Set((old.pieces(over: day) + new.pieces(over: day)).map(\.span.lowerBound)).sorted()
            for second in starts where !old.piece(at: second).costsLike(new.piece(at: second)) { return second }
        }
        return nil
    }

    private static func words(_ piece: PriceSchedule.Piece) -> String {
        guard let price = piece.price else { return "no price" }
        let discount = piece.discount.map { " less \($0.percentage) %" } ?? ""
        return (price.unitPrice.map { "\($0) a unit" } ?? "another formula") + discount
    }
}

extension PayerScope {
    /// A payer that only prices for everyone and for this scope are for.
    fileprivate var payer: Payer {
        switch self {
        case .everyone: .anyone
        case .account(let id): Payer(account: id, project: "")
        case .project(let id): Payer(account: "", project: id)
        }
    }
}

extension PriceSchedule.Piece {
    /// Whether the same use costs the same, whatever the validity of its price.
    fileprivate func costsLike(_ other: Self) -> Bool {
        price?.formula == other.price?.formula && discount?.percentage == other.discount?.percentage
    }
}
