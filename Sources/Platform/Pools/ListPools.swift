public import Identity
public import Kernel
public import Money
import Pricing
public import Workloads

/// Shows pools, and what is on them.
public struct ListPools: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// The pools of a project, the oldest first.
    public func callAsFunction(in project: Project, caller: Caller) async throws -> [PoolState] {
        try caller.require(.read, in: Scope(project))
        let ports = self.ports
        return try await ports.store.read { transaction in
            try transaction.pools(in: project.id).map { try transaction.state(of: $0, ports: ports) }
        }
    }

    public func callAsFunction(_ id: PoolID, in project: Project, caller: Caller) async throws -> PoolState {
        try caller.require(.read, in: Scope(project))
        let ports = self.ports
        return try await ports.store.read { transaction in
            try transaction.state(of: transaction.requiredPool(id, in: project.id), ports: ports)
        }
    }

    /// What is on a pool, or was last, the newest first.
    public func workloads(
        on id: PoolID, in project: Project, caller: Caller
    ) async throws -> [PoolWorkload] {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            try transaction.workloads(on: transaction.requiredPool(id, in: project.id))
                .sorted { ($0.createdAt, $0.id) > ($1.createdAt, $1.id) }
        }
    }
}

/// A pool, what is taken of it, and what it costs now.
public struct PoolState: Sendable {
    public let pool: DedicatedPool
    public let used: Demand
    /// What an hour of all its nodes costs; nil where the price is not the same every hour.
    public let perHour: UnitPrice?
    public let currency: Currency

    /// What it holds in all.
    public var capacity: Demand { pool.node.times(pool.definition.nodes) }
}

extension StoreTransaction {
    fileprivate func state(of pool: DedicatedPool, ports: Ports) throws -> PoolState {
        let placed = try placements(on: pool.id).map(\.demand)
        let book = try ports.catalogue.book(requiredTerms(of: pool.account).book)
        let price = book.price(product: pool.product, flavor: pool.flavor, at: ports.clock.now().second)
        return PoolState(
            pool: pool,
            used: Demand(flavor: pool.flavor, sumOf: placed),
            perHour: price?.unitPrice.map { UnitPrice(units: $0.units * Int128(pool.definition.nodes)) },
            currency: book.currency)
    }
}

/// A piece of work as its pool sees it.
public struct PoolWorkload: Sendable {
    public let scope: PoolScope
    public let id: String
    public let name: String
    public let userName: String
    public let demand: Demand
    public let status: Status
    public let createdAt: Instant
    public let startedAt: Instant?

    /// Source: the filter `status` of `ListWorkloads`.
    public enum Status: String, Hashable, Sendable, CaseIterable {
        case queue = "Queue"
        case pending = "Pending"
        case abnormal = "Abnormal"
        case terminating = "Terminating"
        case creating = "Creating"
        case running = "Running"
        case completed = "Completed"
        case terminated = "Terminated"
        case failed = "Failed"
    }

    /// Whether it runs, waits, or will run by itself.
    public var isAlive: Bool { ![.completed, .terminated, .failed].contains(status) }
}

extension StoreTransaction {
    /// Jobs, notebooks and services of a pool, those that rest among them; ended jobs are not.
    func workloads(on pool: DedicatedPool) throws -> [PoolWorkload] {
        let jobs = try trainingJobs(
            inSteps: TrainingJobMachine.Step.allCases.filter { $0 != .ended }, pool: .dedicated(pool.id), limit: .max)
        let notebooks = try notebooks(inSteps: NotebookMachine.Step.allCases).filter { $0.pool == pool.id }
        let services = try services(in: pool.project).filter { service in
            service.definition.configs.contains { $0.pool == pool.id }
        }
        return jobs.map(PoolWorkload.init) + notebooks.map(PoolWorkload.init)
            + (try services.map { PoolWorkload(try state($0), on: pool.id) })
    }
}

extension PoolWorkload {
    fileprivate init(_ job: TrainingJob) {
        let status: Status =
            switch job.machine.phase {
            case .creating: .creating
            case .pending: .queue
            case .running: .running
            case .terminating: .terminating
            case .completed: .completed
            case .terminated: .terminated
            case .failed: .failed
            case .abnormal: .abnormal
            }
        self.init(
            scope: .training, id: job.id.text, name: job.definition.name, userName: job.userName, demand: job.demand,
            status: status, createdAt: job.createdAt, startedAt: job.startedAt)
    }

    fileprivate init(_ notebook: Notebook) {
        let step = notebook.machine.step
        let status: Status =
            step == .running || step == .snapshotting
            ? .running
            : !NotebookMachine.placedSteps.contains(step)
                ? (step == .failed ? .failed : .terminated) : step == .stopping ? .terminating : .creating
        self.init(
            scope: .notebook, id: notebook.id.text, name: notebook.definition.name, userName: notebook.userName,
            demand: notebook.demand, status: status, createdAt: notebook.createdAt, startedAt: notebook.startedAt)
    }

    /// A service is as much as its instances on the pool.
    fileprivate init(_ state: ServiceState, on pool: PoolID) {
        let own = state.instances.filter { $0.run.pool == pool && $0.machine.step != .ended }
        let status: Status =
            switch state.status {
            case .running: .running
            case .deploying: .creating
            case .pending: .pending
            case .concerning: .abnormal
            case .stopping, .deleting: .terminating
            case .stopped: .terminated
            case .finished: .completed
            case .failed: own.isEmpty ? .failed : .terminating
            }
        self.init(
            scope: .inference, id: state.service.id.text, name: state.service.definition.name,
            userName: state.service.user.text,
            demand: Demand(
                flavor: state.service.definition.configs.first { $0.pool == pool }?.flavor ?? FlavorID(""),
                sumOf: own.filter(\.holdsPlace).map(\.demand)),
            status: status, createdAt: state.service.createdAt, startedAt: state.service.begunAt)
    }
}
