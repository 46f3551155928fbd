import Identity
import Kernel
import Ledger
import Pricing
import Workloads

/// What a start needs to know before its transaction.
struct NotebookOffer: Sendable {
    let flavor: Flavor
    let engine: Engine
    /// What the machine holds in all.
    let machine: PoolCapacity
    /// Gigabytes that all volumes may have together.
    let volumeRoom: Int64

    /// Checks flavor and image against what is on offer; throws everything that is wrong with them.
    init(flavor id: FlavorID, image: String, pool: PoolID?, project: Project, ports: Ports) async throws {
        var faults = Faults()
        var engine: Engine?
        let offered = try await ports.offeredImages(in: project.id)
        do { engine = try offered.image(image).engine } catch { faults.append(error) }
        let terms = try await ports.store.read { try $0.requiredTerms(of: project.account) }
        let book = try ports.catalogue.book(terms.book)
        let flavor = book.flavor(id)
        if flavor?.products.contains(Product.notebook) != true {
            let offered = book.flavors(for: Product.notebook).map(\.id.text).joined(separator: ", ")
            faults.add(
                .invalidParameter, "There is no flavor \(id) for notebooks; there are \(offered).", field: "flavor")
        }
        let machine = PoolCapacity(try await ports.executor.capacity())
        do {
            let room = try await ports.store.read { transaction in
                try transaction.requirePool(pool, for: .notebook, in: project.id, field: "pool_id")
                return try transaction.room(of: pool, machine: machine)
            }
            if let flavor { try room.requireFit(of: Demand(flavor, nodes: 1), field: "flavor") }
        } catch let fault as Fault { faults.append(fault) }
        try faults.check()
        guard let flavor, let engine else { throw faults }
        self.machine = machine
        volumeRoom = try await ports.volumes.capacity()
        self.flavor = flavor
        self.engine = engine
    }
}

extension StoreTransaction {
    /// Begins a run: reserves its first hour, takes its place on the pool and sees that it has its volume; or notes
    /// that there is no room for it.
    ///
    /// The caller stores the notebook. What has no room reserves nothing and leaves nothing behind.
    /// - Returns: what is to be done for the volume.
    /// - Throws: `insufficientBalance` where balance and credit do not cover the first hour; what a volume throws.
    func begin(
        _ notebook: inout Notebook, on offer: NotebookOffer, in project: Project, caller: Caller, ports: Ports
    ) throws -> VolumeChange? {
        let now = ports.clock.now()
        let terms = try requiredTerms(of: project.account)
        let amount = try ports.firstHour(
            of: Product.notebook, offer.flavor.id, quantity: 1, pool: notebook.pool, book: terms.book,
            project: project, at: now)
        try spendableWallet(of: project.account, ports: ports).requireRoom(for: amount, currency: terms.currency)
        notebook.demand = Demand(offer.flavor, nodes: 1)
        notebook.updatedAt = now
        let room = try room(of: notebook.pool, machine: offer.machine)
        guard let place = room.place(notebook.id.text, notebook.demand) else {
            _ = notebook.machine.handle(
                .refused(
                    room.shortage(of: notebook.demand) + " Nothing was started, and nothing new is billed."))
            return nil
        }
        notebook.attempt = ports.identifiers.uuid()
        (notebook.startedAt, notebook.lastSequence) = (nil, -1)
        notebook.accelerators = place.accelerators
        // What runs again and again has a hold for each run, by the id of its stretch.
        notebook.hold = try reserve(
            amount, HoldID(notebook.stretch.text), of: project.account, for: notebook.resource, at: now)
        _ = notebook.machine.handle(.placed)
        return try giveVolume(to: &notebook, room: offer.volumeRoom, in: project, caller: caller, ports: ports)
    }

    /// Sees that a notebook has its volume: one that is gone, or was never made, is made now.
    private func giveVolume(
        to notebook: inout Notebook, room: Int64, in project: Project, caller: Caller, ports: Ports
    ) throws -> VolumeChange? {
        if let id = notebook.volume, let volume = try volume(id), ![.error, .deleted].contains(volume.machine.state) {
            return try attachVolume(id, to: notebook.resource, in: project.id, ports: ports)
        }
        if let id = notebook.volume, try volume(id)?.machine.state == .error {
            _ = try deleteVolume(id, by: notebook.resource, in: project.id, ports: ports)
        }
        let id: VolumeID = ports.identifiers.uuid()
        notebook.volume = id
        return try createVolume(
            VolumeWish(name: notebook.definition.name, capacity: notebook.definition.volumeGigabytes), id: id,
            for: notebook.resource, bounds: .notebook, room: room, in: project, caller: caller, ports: ports)
    }

    /// A notebook of a project that is not deleted.
    func requiredNotebook(_ id: NotebookID, in project: ProjectID) throws -> Notebook {
        guard let notebook = try notebook(id), notebook.project == project, notebook.machine.step != .deleted else {
            throw Fault(.notFound, "There is no notebook \(id) in this project.", field: "id")
        }
        return notebook
    }
}
