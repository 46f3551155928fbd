public import Identity
import Kernel
import Ledger
import Money
import Pricing
public import Workloads

/// Takes a part of the machine for one project: it is there at once, and costs from this second on.
public struct CreatePool: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// - Throws: every fault of the definition that the installation can see; `doesNotFit` where the machine has no
    ///   room for it, `insufficientBalance` where balance and credit do not cover its first hour.
    public func callAsFunction(
        _ definition: PoolDefinition, in project: Project, caller: Caller
    ) async throws -> DedicatedPool {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let machine = PoolCapacity(try await ports.executor.capacity())
        return try await ports.store.write { transaction in
            let flavor = try transaction.offeredNode(definition.flavor, of: project, ports: ports)
            guard try transaction.pools(in: project.id).allSatisfy({ $0.definition.name != definition.name }) else {
                throw Fault(
                    .duplicateName, "The project has a pool named \(definition.name) already; choose another name.",
                    field: "metadata.labels.os.modelarts/name")
            }
            guard try transaction.pools(in: project.id).count < Limits.pools else {
                throw Fault(.quotaExceeded, "The project has \(Limits.pools) pools; delete some that nobody needs.")
            }
            let now = ports.clock.now()
            let own: PoolID = ports.identifiers.hexadecimal()
            var pool = DedicatedPool(
                // As ModelArts names them: what people call it, and what no other has.
                id: PoolID("\(definition.name)-\(own)"), account: project.account,
                project: project.id, userName: try transaction.user(caller.user)?.name ?? caller.user.text,
                definition: definition, createdAt: now, updatedAt: now, node: Demand(flavor, nodes: 1))
            try transaction.take(room: definition.nodes, for: &pool, machine: machine)
            try transaction.reserveStretch(of: pool, quantity: definition.nodes, at: now, ports: ports)
            try transaction.meter(&pool, at: now, ports: ports)
            try transaction.insert(pool)
            return pool
        }
    }
}

extension StoreTransaction {
    /// The flavor of a node, where pools may have it.
    fileprivate func offeredNode(_ id: FlavorID, of project: Project, ports: Ports) throws -> Flavor {
        let book = try ports.catalogue.book(requiredTerms(of: project.account).book)
        guard let flavor = book.flavor(id), flavor.products.contains(Product.dedicatedPool) else {
            let offered = book.flavors(for: Product.dedicatedPool).map(\.id.text).joined(separator: ", ")
            throw Fault(
                .invalidParameter,
                offered.isEmpty
                    ? "The price book \(book.id) offers no nodes for pools; add the product dedicated-pool to it."
                    : "There is no flavor \(id) for the nodes of pools; there are \(offered).",
                field: "spec.resources[0].flavor")
        }
        return flavor
    }

    /// Gives a pool as many nodes as are asked for: what nobody has now, beside what it has.
    func take(room nodes: Int64, for pool: inout DedicatedPool, machine: PoolCapacity) throws {
        let others = try pools(in: nil).filter { $0.id != pool.id }.map(\.placement)
        // All that is on the machine: the other pools, and what runs on the public one.
        let room = PoolRoom(
            words: "the machine", capacity: machine, placed: others + (try placements(on: nil)))
        let demand = pool.node.times(nodes)
        let kept = pool.accelerators.prefix(Int(demand.accelerators))
        let free = room.capacity.accelerators.filter { card in
            !room.placed.contains { $0.accelerators.contains(card) } && !kept.contains(card)
        }
        try room.requireFit(of: demand, field: "spec.resources[0].count")
        guard room.place(pool.id.text, demand) != nil else {
            throw Fault(.doesNotFit, room.shortage(of: demand), field: "spec.resources[0].count")
        }
        pool.accelerators = (kept + free.prefix(Int(demand.accelerators) - kept.count)).sorted()
    }
}
