import Identity
import Kernel
import Ledger
import Pricing
import Workloads

/// Brings a service a step nearer to what is wanted of it, in one transaction: begins what it lacks, retires what it
/// has too much of, and gives up what comes to nothing.
struct ReconcileService: Sendable {
    private let ports: Ports

    /// Failed starts in a row after which nothing more is tried.
    static let tries = 3

    init(_ ports: Ports) { self.ports = ports }

    /// The service then, and what is to be done for its instances; nil where it is not there any more.
    struct Outcome: Sendable {
        let state: ServiceState
        let actions: [(ServiceInstance, [InstanceMachine.Action])]
        /// Ended instances whose logs are kept no longer.
        let forgotten: [AttemptID]
    }

    /// - Parameter mayStart: whether new instances may be begun, or one that failed is given time first.
    func callAsFunction(_ id: ServiceID, mayStart: Bool) async throws -> Outcome? {
        let ports = self.ports
        let machine = PoolCapacity(try await ports.executor.capacity())
        return try await ports.store.write { transaction in
            guard let service = try transaction.service(id) else { return nil }
            var step = Reconciliation(
                try transaction.state(service), machine: machine, transaction: transaction, ports: ports)
            return try step.run(mayStart: mayStart)
        }
    }
}

/// One run of it, inside its transaction.
private struct Reconciliation {
    private var service: Service
    private var instances: [ServiceInstance]
    private var actions: [(ServiceInstance, [InstanceMachine.Action])] = []
    private let before: ServiceState
    /// What the machine holds in all.
    private let machine: PoolCapacity
    private let transaction: any StoreTransaction
    private let ports: Ports
    private let now: Instant

    private static let takenBack = "the change came to nothing and was taken back"

    init(_ state: ServiceState, machine: PoolCapacity, transaction: any StoreTransaction, ports: Ports) {
        before = state
        (service, instances) = (state.service, state.instances)
        self.machine = machine
        self.transaction = transaction
        self.ports = ports
        now = ports.clock.now()
    }

    mutating func run(mayStart: Bool) throws -> ReconcileService.Outcome {
        if service.wish == .running { try judge() }
        let wanted = service.wish == .running ? service.definition.configs : []
        let plan = ServicePlan(
            wanted: wanted, members: instances.map { ServicePlan.Member(run: $0.run, step: $0.machine.step) },
            keepsOthers: service.wish == .running)
        for index in plan.retires { try apply(.retired, at: index) }
        if mayStart { try begin(plan.starts) }
        try placeQueued()
        if plan.isComplete, service.wish == .running, service.served != wanted {
            service.served = wanted
            service.reason = ""
            try transaction.append(
                ServiceUpdate(service: service.id, at: now, isSuccess: true, configs: wanted))
            try forgetVersions()
        }
        // What was said while something lacked is over; why a change was taken back is not.
        let isTakenBack = service.reason.utf8.starts(with: Self.takenBack.utf8)
        if plan.isComplete, service.wish == .running, !isTakenBack { service.reason = "" }
        let forgotten = try forget()
        try tell()
        if service != before.service { try transaction.update(service) }
        return ReconcileService.Outcome(
            state: ServiceState(service: service, instances: instances), actions: actions, forgotten: forgotten)
    }

    /// Stops what is over, and gives up what came to nothing.
    private mutating func judge() throws {
        if let end = service.stopAt, end <= now {
            (service.wish, service.stopAt) = (.stopped, nil)
            service.reason = "it stopped by itself, as it was told when it was started"
            return
        }
        let since = service.begunAt ?? service.createdAt
        let recent = instances.filter { $0.hasFailed && $0.createdAt >= since }
        if recent.contains(where: { $0.machine.reason == InstanceMachine.leaseReason }) {
            (service.wish, service.stopAt, service.reason) = (.stopped, nil, InstanceMachine.leaseReason)
            return
        }
        for config in service.definition.configs {
            let own = instances.filter { $0.run == config.run && $0.createdAt >= since }
            // Those since the last one that answered.
            let failed = own.reversed().prefix { !$0.hasServed }.filter(\.hasFailed)
            guard failed.count >= ReconcileService.tries, let last = failed.first else { continue }
            return try giveUp("an instance of it failed \(failed.count) times; the last time \(last.machine.reason)")
        }
    }

    private mutating func giveUp(_ why: String) throws {
        let failed = service.definition.configs
        try transaction.append(ServiceUpdate(service: service.id, at: now, isSuccess: false, configs: failed))
        let answers = service.served.contains { config in before.ready(config.run) > 0 }
        if answers, service.served != failed {
            service.definition.configs = service.served
            service.reason = "\(Self.takenBack): \(why)"
            try transaction.append(
                ServiceEvent(service: service.id, at: now, isProblem: true, text: "The change was taken back: \(why)"))
        } else if !answers {
            (service.wish, service.stopAt, service.reason) = (.failed, nil, why)
        } else {
            // It answers with what it has; another try begins anew.
            service.reason = why
            service.begunAt = now
        }
    }

    private mutating func begin(_ starts: [Int: Int64]) throws {
        guard !starts.isEmpty else { return }
        let book = try ports.catalogue.book(transaction.requiredTerms(of: service.account).book)
        for (place, count) in starts.sorted(by: { $0.key < $1.key }) {
            let config = service.definition.configs[place]
            guard let flavor = book.flavor(config.flavor) else {
                service.reason = "the price book has no flavor \(config.flavor) any more"
                continue
            }
            for _ in 0..<count {
                let instance = ServiceInstance(
                    attempt: ports.identifiers.uuid(), service: service.id, account: service.account,
                    project: service.project, serviceName: service.definition.name, run: config.run,
                    startSeconds: config.startSeconds, demand: Demand(flavor, nodes: 1), createdAt: now)
                try transaction.insert(instance)
                try transaction.tell(instance, at: now)
                instances.append(instance)
            }
        }
    }

    /// Gives places to what waits for one, and reserves the first hours.
    private mutating func placeQueued() throws {
        var lacking: String?
        for index in instances.indices where instances[index].machine.step == .queued {
            do {
                lacking = try place(index) ?? lacking
            } catch let fault as Fault where fault.code == .insufficientBalance {
                lacking = fault.message
            }
        }
        if let lacking { service.reason = lacking }
    }

    /// Why there is no place for it; nil where it has one.
    private mutating func place(_ index: Int) throws -> String? {
        let demand = instances[index].demand
        let pool = instances[index].pool
        if let pool, try transaction.pool(pool)?.deletedAt != nil { return "its dedicated pool \(pool) is gone" }
        let room = try transaction.room(of: pool, machine: machine)
        guard let place = room.place(instances[index].attempt.text, demand) else { return room.shortage(of: demand) }
        let terms = try transaction.requiredTerms(of: service.account)
        let project = Project(id: service.project, account: service.account, name: "")
        let amount = try ports.firstHour(
            of: Product.service, demand.flavor, quantity: 1, pool: pool, book: terms.book, project: project, at: now)
        try transaction.spendableWallet(of: service.account, ports: ports)
            .requireRoom(for: amount, currency: terms.currency)
        instances[index].hold = try transaction.reserve(
            amount, HoldID(instances[index].stretch.text), of: service.account, for: service.resource, at: now)
        instances[index].accelerators = place.accelerators
        try apply(.placed, at: index)
        return nil
    }

    private mutating func apply(_ event: InstanceMachine.Event, at index: Int) throws {
        let todo = try transaction.apply(event, to: &instances[index], ports: ports)
        if !todo.isEmpty { actions.append((instances[index], todo)) }
    }

    /// Versions of deployments that the service has no more.
    private func forgetVersions() throws {
        let present = Set(service.definition.configs.map(\.deployment))
        for old in try transaction.versions(of: service.id, deployment: nil)
        where !present.contains(old.config.deployment) {
            try transaction.delete(old.config.version, of: service.id, deployment: old.config.deployment)
        }
    }

    /// The ended ones whose logs are kept no longer.
    private mutating func forget() throws -> [AttemptID] {
        let ended = instances.filter { $0.machine.step == .ended && $0.hold == nil }
        let gone = ended.dropLast(Limits.endedInstances).map(\.attempt)
        for attempt in gone { try transaction.delete(instance: attempt) }
        instances.removeAll { gone.contains($0.attempt) }
        return gone
    }

    /// Notes what people should see.
    private mutating func tell() throws {
        let after = ServiceState(service: service, instances: instances)
        guard after.status.rawValue != service.told, service.wish != .deleted else { return }
        service.told = after.status.rawValue
        let reason = service.reason.hasSuffix(".") ? String(service.reason.dropLast()) : service.reason
        let why = reason.isEmpty ? "" : ": \(reason)"
        let isProblem = [.failed, .concerning, .pending].contains(after.status)
        try transaction.append(
            ServiceEvent(
                service: service.id, at: now, isProblem: isProblem,
                text: "The service is \(after.status.rawValue)\(why)."))
    }
}
