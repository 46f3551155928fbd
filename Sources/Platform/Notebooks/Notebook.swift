public import Identity
public import Kernel
public import Ledger
public import Metering
import Pricing
public import Workloads

/// A notebook: what a user asked for, where it stands, and the run it has or had last.
public struct Notebook: Hashable, Sendable {
    public let id: NotebookID
    public let account: AccountID
    public let project: ProjectID
    public let user: UserID
    /// The name of the user who made it.
    public let userName: String
    public var definition: NotebookDefinition
    public let createdAt: Instant
    public var updatedAt: Instant
    /// What opens it in a browser.
    public let token: String
    /// When it stops by itself.
    public var lease: NotebookLease
    /// Its volume, once it has one.
    public var volume: VolumeID?

    public var machine: NotebookMachine
    /// The run it has, or had last, or will have.
    public var attempt: AttemptID
    /// What its run takes from the pool.
    public var demand: Demand
    /// Accelerators granted to its run, by index.
    public var accelerators: [Int]
    /// When the shim started its run.
    public var startedAt: Instant?
    /// The sequence of the last record taken from the shim; −1 before the first.
    public var lastSequence: Int64
    /// The reservation that covers its run.
    public var hold: HoldID?

    public init(
        id: NotebookID, account: AccountID, project: ProjectID, user: UserID, userName: String,
        definition: NotebookDefinition, createdAt: Instant, updatedAt: Instant, token: String, lease: NotebookLease,
        volume: VolumeID? = nil, machine: NotebookMachine = NotebookMachine(), attempt: AttemptID, demand: Demand,
        accelerators: [Int] = [], startedAt: Instant? = nil, lastSequence: Int64 = -1, hold: HoldID? = nil
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.user = user
        self.userName = userName
        self.definition = definition
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.token = token
        self.lease = lease
        self.volume = volume
        self.machine = machine
        self.attempt = attempt
        self.demand = demand
        self.accelerators = accelerators
        self.startedAt = startedAt
        self.lastSequence = lastSequence
        self.hold = hold
    }

    /// What its bill names.
    public var resource: ResourceID { ResourceID(id.text) }

    /// Whether it can be opened.
    public var isRunning: Bool { machine.step == .running }
}

public typealias NotebookID = Identifier<Notebook>

extension Notebook: AttemptedWork {
    typealias Action = NotebookMachine.Action

    var pool: PoolID? { definition.pool }
    var isWithExecutor: Bool { NotebookMachine.workingSteps.contains(machine.step) }
    var holdsPlace: Bool { NotebookMachine.placedSteps.contains(machine.step) }
    /// A start that comes to nothing costs nothing: its seconds count from the shim's start once its server answers.
    var isMeteredFromStart: Bool { false }
    var resourceName: String { definition.name }

    func segment(_ id: SegmentID) -> Segment {
        Segment(
            id: id, resource: resource, product: Product.notebook, flavor: demand.flavor, quantity: 1)
    }

    mutating func hear(
        _ word: ExecutorWord, at now: Instant, in transaction: any StoreTransaction
    ) throws -> [NotebookMachine.Action] {
        updatedAt = now
        switch word {
        case .started: return machine.handle(.started)
        case .ended(let end, _): return machine.handle(.ended(JobEnd(end)))
        case .lost(let message): return machine.handle(.lost(message))
        }
    }

    func store(in transaction: any StoreTransaction) throws { try transaction.update(self) }
}
