public import Identity
public import Kernel
public import Ledger
public import Workloads

/// A training job: what a user asked for, where it stands, and what its executor said.
public struct TrainingJob: Hashable, Sendable {
    public let id: TrainingJobID
    public let account: AccountID
    public let project: ProjectID
    /// The name of the user who made it.
    public let userName: String
    public var definition: TrainingJobDefinition
    public let createdAt: Instant
    /// The one try that this release gives a job.
    public let attempt: AttemptID
    public let demand: Demand

    public var machine: TrainingJobMachine
    /// Accelerators granted, by index.
    public var accelerators: [Int]
    /// When the pool had room.
    public var placedAt: Instant?
    /// When the shim started the command.
    public var startedAt: Instant?
    /// When nothing of the command was left.
    public var endedAt: Instant?
    public var exitCode: Int?
    public var peakMemoryBytes: Int64?
    public var cpuMilliseconds: Int64?
    public var droppedLogBytes: Int64
    /// The sequence of the last record taken from the shim; −1 before the first.
    public var lastSequence: Int64
    /// The reservation that covers it.
    public var hold: HoldID?
    public var isDeleted: Bool

    public init(
        id: TrainingJobID, account: AccountID, project: ProjectID, userName: String,
        definition: TrainingJobDefinition, createdAt: Instant, attempt: AttemptID, demand: Demand,
        machine: TrainingJobMachine = TrainingJobMachine(), accelerators: [Int] = [], placedAt: Instant? = nil,
        startedAt: Instant? = nil, endedAt: Instant? = nil, exitCode: Int? = nil, peakMemoryBytes: Int64? = nil,
        cpuMilliseconds: Int64? = nil, droppedLogBytes: Int64 = 0, lastSequence: Int64 = -1, hold: HoldID? = nil,
        isDeleted: Bool = false
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.userName = userName
        self.definition = definition
        self.createdAt = createdAt
        self.attempt = attempt
        self.demand = demand
        self.machine = machine
        self.accelerators = accelerators
        self.placedAt = placedAt
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.exitCode = exitCode
        self.peakMemoryBytes = peakMemoryBytes
        self.cpuMilliseconds = cpuMilliseconds
        self.droppedLogBytes = droppedLogBytes
        self.lastSequence = lastSequence
        self.hold = hold
        self.isDeleted = isDeleted
    }
}

public typealias TrainingJobID = Identifier<TrainingJob>

/// Something that happened to a job, for people.
public struct TrainingJobEvent: Hashable, Sendable {
    public let job: TrainingJobID
    public let at: Instant
    public let level: Level
    public let text: String

    public enum Level: String, Hashable, Sendable { case info = "Info", warning = "Warning", error = "Error" }

    public init(job: TrainingJobID, at: Instant, level: Level = .info, text: String) {
        self.job = job
        self.at = at
        self.level = level
        self.text = text
    }
}
