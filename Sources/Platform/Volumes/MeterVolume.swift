import Kernel
import Ledger
import Pricing
import Workloads

extension Volume: WitnessedResource {
    var resourceName: String { name.isEmpty ? id.text : name }
    var product: ProductID { Product.volume }
    var flavor: FlavorID { type }
    /// Of GiB.
    var billedQuantity: Int64? {
        get { billedCapacity }
        set { billedCapacity = newValue }
    }
    var wantedQuantity: Int64? { machine.isBilled ? capacity : nil }

    /// Whether what goes on may begin a stretch, for which money is reserved.
    fileprivate var mayBeginStretch: Bool {
        [.creating, .extending].contains(machine.state) && !machine.isDeletionWanted
    }
}

extension StoreTransaction {
    /// Brings the stretches of a volume, and its reservations, to what its state asks for, at the present second.
    func meterVolume(_ volume: inout Volume, at now: Instant, ports: Ports) throws {
        try meter(&volume, at: now, ports: ports)
        if !volume.mayBeginStretch { try delete(hold: HoldID(volume.nextStretch.text)) }
    }

    /// Reserves the first hour of what a volume will have.
    ///
    /// - Throws: `invalidParameter` where its type has no price now: unknown is not zero.
    func reserveStretch(of volume: Volume, gibibytes: Int64, at now: Instant, ports: Ports) throws {
        do {
            try reserveStretch(of: volume, quantity: gibibytes, at: now, ports: ports)
        } catch let fault as Fault where fault.code == .invalidParameter {
            let book = try ports.catalogue.book(requiredTerms(of: volume.account).book)
            let types = (book.product(Product.volume)?.variants ?? []).map(\.text).joined(separator: ", ")
            throw Fault(
                .invalidParameter,
                types.isEmpty
                    ? "Price book \(book.id) sells no volumes."
                    : "There is no volume type \(volume.type) with a price now; the types are \(types).",
                field: "volume_type")
        }
    }
}
