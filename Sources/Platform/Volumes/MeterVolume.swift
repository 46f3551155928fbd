import Billing
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Rating
import Workloads

extension StoreTransaction {
    /// Brings the stretches of a volume, and its reservations, to what its state asks for, at the present second.
    ///
    /// A stretch has a constant capacity: growth ends one and begins the next at the same second. The server is the
    /// witness of both facts, and of everything in between. Each stretch has a hold of its own, which bears its id.
    func meter(_ volume: inout Volume, at now: Instant, ports: Ports) throws {
        let wanted = volume.machine.isBilled ? volume.capacity : nil
        if volume.billedCapacity != wanted {
            try endStretch(of: &volume, at: now, ports: ports)
            if let wanted { try beginStretch(of: &volume, gibibytes: wanted, at: now) }
        }
        if !volume.mayBeginStretch { try delete(hold: HoldID(volume.nextStretch.text)) }
    }

    /// Reserves the first hour of what a volume will have when it is made, or has grown (law 9).
    func reserveStretch(of volume: Volume, gibibytes: Int64, at now: Instant, ports: Ports) throws {
        let terms = try requiredTerms(of: volume.account)
        let book = try ports.catalogue.book(terms.book)
        let amount = try book.firstHour(ofVolume: volume.type, gibibytes: gibibytes, payer: volume.payer, at: now)
        let wallet = try spendableWallet(of: volume.account, ports: ports)
        try wallet.requireRoom(for: amount, currency: terms.currency)
        try insert(
            Hold(
                id: HoldID(volume.nextStretch.text), owner: volume.account.text, amount: amount,
                reference: volume.id.text, at: now))
    }

    private func beginStretch(of volume: inout Volume, gibibytes: Int64, at now: Instant) throws {
        let terms = try requiredTerms(of: volume.account)
        let id = volume.nextStretch
        let segment = Segment(
            id: id, resource: volume.resource, product: Product.volume, flavor: volume.type, quantity: gibibytes)
        try insert(
            MeteredSegment(
                segment: segment, account: volume.account, project: volume.project, resourceName: volume.name,
                book: terms.book, witness: .server))
        try append(Fact(segment: id, sequence: 0, at: now.second, kind: .started), recordedAt: now)
        volume.stretches += 1
        volume.billedCapacity = gibibytes
    }

    private func endStretch(of volume: inout Volume, at now: Instant, ports: Ports) throws {
        guard volume.billedCapacity != nil, let id = volume.presentStretch else { return }
        let sequence = try (lastFact(of: id)?.sequence ?? 0) + 1
        try append(Fact(segment: id, sequence: sequence, at: now.second, kind: .ended), recordedAt: now)
        volume.billedCapacity = nil
        try shrinkHold(of: id, ports: ports)
    }

    /// What a stretch used and no bill shows yet stays reserved until the hour that it was used in is billed.
    private func shrinkHold(of stretch: SegmentID, ports: Ports) throws {
        guard let metered = try meteredSegment(stretch) else { return }
        let owed = try unbilledCharges(of: metered, facts: facts(of: stretch), ports: ports)
            .reduce(Amount.zero) { $0 + $1.due }
        let hold = HoldID(stretch.text)
        if owed > .zero { try update(hold: hold, amount: owed) } else { try delete(hold: hold) }
    }
}

extension Volume {
    /// Whether what goes on may begin a stretch, for which money is reserved.
    fileprivate var mayBeginStretch: Bool {
        [.creating, .extending].contains(machine.state) && !machine.isDeletionWanted
    }

    var payer: Payer { Payer(account: account.text, project: project.text) }
}

extension PriceBook {
    /// What the first hour of a volume costs from a moment on, rounded up.
    ///
    /// - Throws: `invalidParameter` where the type has no price then: unknown is not zero.
    func firstHour(ofVolume type: FlavorID, gibibytes: Int64, payer: Payer, at moment: Instant) throws(Fault) -> Amount
    {
        do throws(Fault) {
            return try firstHour(
                of: Product.volume, flavor: type, payer: payer, quantity: gibibytes, at: moment.second)
        } catch {
            let types = (product(Product.volume)?.variants ?? []).map(\.text).joined(separator: ", ")
            throw Fault(
                .invalidParameter,
                types.isEmpty
                    ? "Price book \(id) sells no volumes."
                    : "There is no volume type \(type) with a price now; the types are \(types).",
                field: "volume_type")
        }
    }
}
