public import Identity
public import Kernel
public import Ledger
import Metering
import Pricing
public import Workloads

/// One process of a service that answers calls: an attempt of its own, placed and metered by itself.
public struct ServiceInstance: Hashable, Sendable {
    public let attempt: AttemptID
    public let service: ServiceID
    public let account: AccountID
    public let project: ProjectID
    /// The service's name, which the bill shows.
    public let serviceName: String
    public let run: ServiceConfig.Run
    /// Seconds in which it must be ready after its start.
    public let startSeconds: Int64
    public let demand: Demand
    public let createdAt: Instant
    public var machine: InstanceMachine
    public var accelerators: [Int]
    /// From when on it is metered: the moment it was ready.
    public var startedAt: Instant?
    public var endedAt: Instant?
    /// Whether it was ever ready.
    public var hasServed: Bool
    public var lastSequence: Int64
    public var hold: HoldID?

    public init(
        attempt: AttemptID, service: ServiceID, account: AccountID, project: ProjectID, serviceName: String,
        run: ServiceConfig.Run, startSeconds: Int64, demand: Demand, createdAt: Instant,
        machine: InstanceMachine = InstanceMachine(), accelerators: [Int] = [], startedAt: Instant? = nil,
        endedAt: Instant? = nil, hasServed: Bool = false, lastSequence: Int64 = -1, hold: HoldID? = nil
    ) {
        self.attempt = attempt
        self.service = service
        self.account = account
        self.project = project
        self.serviceName = serviceName
        self.run = run
        self.startSeconds = startSeconds
        self.demand = demand
        self.createdAt = createdAt
        self.machine = machine
        self.accelerators = accelerators
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.hasServed = hasServed
        self.lastSequence = lastSequence
        self.hold = hold
    }

    /// Whether it is being started.
    var isOnTheWay: Bool { machine.step == .submitting || machine.step == .starting }
    /// Whether it ended though nobody wanted it to.
    var hasFailed: Bool { machine.step == .ended && !machine.reason.isEmpty }
}

extension ServiceInstance: AttemptedWork {
    typealias Action = InstanceMachine.Action

    var pool: PoolID? { run.pool }
    var isWithExecutor: Bool { holdsPlace }
    var holdsPlace: Bool { InstanceMachine.placedSteps.contains(machine.step) }
    /// Only what answers calls costs: its seconds count from the moment it was ready.
    var isMeteredFromStart: Bool { false }
    var resourceName: String { serviceName }

    func segment(_ id: SegmentID) -> Segment {
        Segment(
            id: id, resource: ResourceID(service.text), product: Product.service, flavor: demand.flavor, quantity: 1)
    }

    mutating func hear(
        _ word: ExecutorWord, at now: Instant, in transaction: any StoreTransaction
    ) throws -> [InstanceMachine.Action] {
        let before = machine.step
        let actions: [InstanceMachine.Action]
        switch word {
        case .started:
            // The shim's start is no start of the meter.
            startedAt = nil
            actions = machine.handle(.started)
        case .ended(let end, let moment):
            endedAt = moment
            actions = machine.handle(.ended(JobEnd(end)))
        case .lost(let message):
            endedAt = now
            actions = machine.handle(.lost(message))
        }
        if machine.step != before { try transaction.tell(self, at: now) }
        return actions
    }

    func store(in transaction: any StoreTransaction) throws { try transaction.update(self) }
}
