public import Identity
import Kernel
import Ledger
import Metering
import Money
import Pricing
public import Workloads

/// Takes a job: checks it against what is on offer, reserves its first hour, and puts it in the queue.
public struct CreateTrainingJob: Sendable {
    private let ports: Ports
    private let supervisor: TrainingJobSupervisor

    public init(_ ports: Ports, supervisor: TrainingJobSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The job as taken; it starts as soon as the pool has room.
    ///
    /// - Throws: every fault of the definition that the installation can see; `insufficientBalance` where balance and
    ///   credit do not cover the first hour; nothing is left behind.
    public func callAsFunction(
        _ definition: TrainingJobDefinition, in project: Project, caller: Caller
    ) async throws -> TrainingJob {
        try caller.require(.write, in: Scope(project))
        let offer = try await check(definition, in: project)
        let now = ports.clock.now()
        let ports = self.ports
        let attempt: AttemptID = ports.identifiers.uuid()
        let id: TrainingJobID = ports.identifiers.uuid()
        // The hold bears the job's id, so whoever settles the job's bill finds it.
        let holdID = HoldID(id.text)
        let job = try await ports.store.write { transaction in
            try Self.checkRoom(for: definition, in: project, transaction: transaction)
            let terms = try transaction.requiredTerms(of: project.account)
            let amount = try ports.firstHour(
                offer.flavor.id, quantity: definition.resource.nodeCount, pool: definition.resource.pool,
                book: terms.book, project: project, at: now)
            let wallet = try transaction.spendableWallet(of: project.account, ports: ports)
            try wallet.requireRoom(
                for: amount, currency: terms.currency,
                coupons: try transaction.couponsLeft(
                    of: project.account, for: Product.trainingJob, at: now.second))
            let job = TrainingJob(
                id: id, account: project.account, project: project.id,
                userName: try transaction.user(caller.user)?.name ?? caller.user.text,
                definition: definition, createdAt: now, attempt: attempt, demand: offer.demand,
                hold: try transaction.reserve(
                    amount, holdID, of: project.account, for: ResourceID(id.text), at: now))
            try transaction.insert(job)
            try transaction.append(TrainingJobEvent(job: id, at: now, text: "The job was created."))
            return job
        }
        supervisor.wake()
        return job
    }

    private struct Offer: Sendable {
        let flavor: Flavor
        let demand: Demand
    }

    private func check(_ definition: TrainingJobDefinition, in project: Project) async throws -> Offer {
        var faults = Faults()
        let account = project.account
        let images = try await ports.offeredImages(in: project.id)
        do { _ = try images.engine(definition.algorithm.engine) } catch { faults.append(error) }
        let terms = try await ports.store.read { try $0.requiredTerms(of: account) }
        let book = try ports.catalogue.book(terms.book)
        let flavor = book.flavor(definition.resource.flavor)
        if flavor == nil || flavor?.products.contains(Product.trainingJob) == false {
            let offered = book.flavors(for: Product.trainingJob).map(\.id.text).joined(separator: ", ")
            faults.add(
                .invalidParameter,
                "There is no flavor \(definition.resource.flavor) for training; there are \(offered).",
                field: "spec.resource.flavor_id")
        }
        faults.append(await JobFiles.faults(of: definition, in: ports.buckets, account: account))
        try faults.check()
        guard let flavor else { throw faults }
        let demand = Demand(flavor, nodes: definition.resource.nodeCount)
        let machine = PoolCapacity(try await ports.executor.capacity())
        let pool = definition.resource.pool
        try await ports.store.read { transaction in
            try transaction.requirePool(pool, for: .training, in: project.id, field: "spec.resource.pool_id")
            try transaction.room(of: pool, machine: machine).requireFit(of: demand)
        }
        return Offer(flavor: flavor, demand: demand)
    }

    private static func checkRoom(
        for definition: TrainingJobDefinition, in project: Project, transaction: any StoreTransaction
    ) throws {
        // Looked at again: it may have been deleted since.
        try transaction.requirePool(
            definition.resource.pool, for: .training, in: project.id, field: "spec.resource.pool_id")
        if try transaction.hasTrainingJob(named: definition.name, in: project.id) {
            throw Fault(
                .duplicateName, "The project has a job named \(definition.name) already; choose another name.",
                field: "metadata.name")
        }
        guard try transaction.activeTrainingJobs(in: project.id) < Limits.activeJobs else {
            throw Fault(
                .quotaExceeded, "The project has \(Limits.activeJobs) jobs waiting or running; let some end first.")
        }
    }
}
