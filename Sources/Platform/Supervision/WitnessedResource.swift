import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing
import Rating

/// What costs as long as it is there, in use or not, such as a volume or a dedicated pool: the server's own books are
/// the witness of its time.
///
/// A stretch has a constant quantity: growth ends one and begins the next at the same second. The server is the
/// witness of both facts, and of everything in between. Each stretch has a hold of its own, which bears its id.
protocol WitnessedResource: Sendable {
    var account: AccountID { get }
    var project: ProjectID { get }
    var resource: ResourceID { get }
    /// The name that its bill shows.
    var resourceName: String { get }
    var product: ProductID { get }
    /// The variant of the product that its price depends on.
    var flavor: FlavorID { get }
    /// How many stretches of a constant quantity have begun.
    var stretches: Int64 { get set }
    /// What the stretch that goes on has of its unit; nil where it costs nothing.
    var billedQuantity: Int64? { get set }
    /// What its state asks to be billed; nil where it costs nothing.
    var wantedQuantity: Int64? { get }
}

extension WitnessedResource {
    /// The stretch that goes on, or went on last; nil before the first.
    var presentStretch: SegmentID? { stretches > 0 ? SegmentID("\(resource)/\(stretches - 1)") : nil }
    /// The stretch that begins next.
    var nextStretch: SegmentID { SegmentID("\(resource)/\(stretches)") }

    var payer: Payer { Payer(account: account.text, project: project.text) }
}

extension StoreTransaction {
    /// Brings the stretches of a resource to what its state asks for, at the present second; the caller stores it.
    func meter(_ resource: inout some WitnessedResource, at now: Instant, ports: Ports) throws {
        let wanted = resource.wantedQuantity
        guard resource.billedQuantity != wanted else { return }
        try endStretch(of: &resource, at: now, ports: ports)
        if let wanted { try beginStretch(of: &resource, quantity: wanted, at: now) }
    }

    /// The same for a change that is done at once: what the stretch before has reserved is free for the next one.
    func meter(_ resource: inout some WitnessedResource, reservingAt now: Instant, ports: Ports) throws {
        try endStretch(of: &resource, at: now, ports: ports)
        if let wanted = resource.wantedQuantity {
            try reserveStretch(of: resource, quantity: wanted, at: now, ports: ports)
            try beginStretch(of: &resource, quantity: wanted, at: now)
        }
    }

    /// Reserves the first hour of what a resource will have when it is made, or has grown (law 9).
    func reserveStretch(
        of resource: some WitnessedResource, quantity: Int64, at now: Instant, ports: Ports
    ) throws {
        let terms = try requiredTerms(of: resource.account)
        let amount = try ports.catalogue.book(terms.book).firstHour(
            of: resource.product, flavor: resource.flavor, payer: resource.payer, quantity: quantity, at: now.second)
        let wallet = try spendableWallet(of: resource.account, ports: ports)
        try wallet.requireRoom(for: amount, currency: terms.currency)
        try insert(
            Hold(
                id: HoldID(resource.nextStretch.text), owner: resource.account.text, amount: amount,
                reference: resource.resource.text, at: now))
    }

    private func beginStretch(
        of resource: inout some WitnessedResource, quantity: Int64, at now: Instant
    ) throws {
        let id = resource.nextStretch
        let segment = Segment(
            id: id, resource: resource.resource, product: resource.product, flavor: resource.flavor,
            quantity: quantity)
        try insert(
            MeteredSegment(
                segment: segment, account: resource.account, project: resource.project,
                resourceName: resource.resourceName, book: try requiredTerms(of: resource.account).book,
                witness: .server))
        try append(Fact(segment: id, sequence: 0, at: now.second, kind: .started), recordedAt: now)
        resource.stretches += 1
        resource.billedQuantity = quantity
    }

    private func endStretch(of resource: inout some WitnessedResource, at now: Instant, ports: Ports) throws {
        guard resource.billedQuantity != nil, let id = resource.presentStretch else { return }
        let sequence = try (lastFact(of: id)?.sequence ?? 0) + 1
        try append(Fact(segment: id, sequence: sequence, at: now.second, kind: .ended), recordedAt: now)
        resource.billedQuantity = nil
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
