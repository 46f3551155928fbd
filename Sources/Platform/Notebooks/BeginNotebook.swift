import Identity
import Kernel
import Ledger
import Pricing
import Workloads

/// What a start needs to know before its transaction.
struct NotebookOffer: Sendable {
    let flavor: Flavor
    let engine: Engine
    let capacity: PoolCapacity

    /// Checks flavor and image against what is on offer; throws everything that is wrong with them.
    init(flavor id: FlavorID, image: String, account: AccountID, ports: Ports) async throws {
        var faults = Faults()
        var engine: Engine?
        do { engine = try ports.notebookImage(image).engine } catch { faults.append(error) }
        let terms = try await ports.store.read { try $0.requiredTerms(of: account) }
        let book = try ports.catalogue.book(terms.book)
        let flavor = book.flavor(id)
        if flavor?.products.contains(Product.notebook) != true {
            let offered = book.flavors(for: Product.notebook).map(\.id.text).joined(separator: ", ")
            faults.add(
                .invalidParameter, "There is no flavor \(id) for notebooks; there are \(offered).", field: "flavor")
        }
        try faults.check()
        guard let flavor, let engine else { throw faults }
        capacity = PoolCapacity(try await ports.executor.capacity())
        try PublicPool(capacity).requireFit(of: Demand(flavor, nodes: 1), field: "flavor")
        self.flavor = flavor
        self.engine = engine
    }
}

extension StoreTransaction {
    /// Begins a run: reserves its first hour and takes its place on the pool, or notes that there is no room for it.
    ///
    /// The caller stores the notebook. What has no room reserves nothing and leaves nothing behind.
    /// - Throws: `insufficientBalance` where balance and credit do not cover the first hour.
    func begin(
        _ notebook: inout Notebook, on offer: NotebookOffer, in project: Project, ports: Ports
    ) throws -> [NotebookMachine.Action] {
        let now = ports.clock.now()
        let terms = try requiredTerms(of: project.account)
        let amount = try ports.firstHour(
            of: Product.notebook, offer.flavor.id, quantity: 1, book: terms.book, project: project, at: now)
        try spendableWallet(of: project.account, ports: ports).requireRoom(for: amount, currency: terms.currency)
        notebook.demand = Demand(offer.flavor, nodes: 1)
        notebook.updatedAt = now
        let placed = try placements()
        let plan = PublicPool.plan(
            capacity: offer.capacity, placed: placed,
            waiting: [WaitingJob(id: notebook.id.text, demand: notebook.demand)])
        guard let place = plan.first else {
            return notebook.machine.handle(
                .refused(
                    PublicPool.shortage(of: notebook.demand, capacity: offer.capacity, placed: placed)
                        + " Nothing was started and nothing is billed for it."))
        }
        notebook.attempt = ports.identifiers.uuid()
        (notebook.startedAt, notebook.lastSequence) = (nil, -1)
        notebook.accelerators = place.accelerators
        // What runs again and again has a hold for each run, by the id of its stretch.
        let hold = Hold(
            id: HoldID(notebook.stretch.text), owner: project.account.text, amount: amount,
            reference: notebook.id.text, at: now)
        try insert(hold)
        notebook.hold = hold.id
        return notebook.machine.handle(.placed)
    }

    /// A notebook of a project that is not deleted.
    func requiredNotebook(_ id: NotebookID, in project: ProjectID) throws -> Notebook {
        guard let notebook = try notebook(id), notebook.project == project, notebook.machine.step != .deleted else {
            throw Fault(.notFound, "There is no notebook \(id) in this project.", field: "id")
        }
        return notebook
    }
}
