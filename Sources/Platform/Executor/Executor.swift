public import Kernel

/// What runs attempts: a machine's own processes, or a cluster engine.
///
/// The engine decides where and when; the shim alone starts the user's process and stamps time; the server owns the
/// ledger. Every verb is idempotent by attempt id. See `docs/executors.md` for the contract that all executors pass.
public protocol Executor: Sendable {
    /// What this executor's machines can hold.
    func capacity() async throws -> ExecutorCapacity

    /// Starts an attempt; a second call with the same attempt id starts nothing.
    ///
    /// Returns when the shim has been asked to start; that it started is told by its `started` record.
    func submit(_ spec: AttemptSpec) async throws

    /// Asks for the end of an attempt: TERM to the command, KILL after the spec's grace. The end itself is a record.
    func stop(_ attempt: AttemptID) async throws

    /// Moves the end of an attempt's lease; the shim stops the work where its lease ends.
    func renewLease(_ attempt: AttemptID, until: Instant) async throws

    /// What is known of an attempt: its records with a sequence above `after`, and whether its shim lives.
    func evidence(_ attempt: AttemptID, after: Int64) async throws -> AttemptEvidence

    /// Hints that an attempt has new records. Hints may be lost or doubled; records never are.
    func hints() -> AsyncStream<AttemptID>

    /// A piece of an attempt's log (standard output and error together, as written).
    func log(_ attempt: AttemptID, from offset: Int64, limit: Int) async throws -> LogPiece

    /// What an attempt uses now; nil where the machine does not tell.
    func use(of attempt: AttemptID) async throws -> AttemptUse?

    /// Forgets an attempt: its records have been taken and its log moved. Removes its folder.
    func release(_ attempt: AttemptID) async throws
}

extension Executor {
    public func use(of attempt: AttemptID) async throws -> AttemptUse? { nil }
}

/// What an attempt has used of a machine so far.
public struct AttemptUse: Hashable, Sendable {
    public let cpuMilliseconds: Int64
    /// Bytes of memory that it has now.
    public let memoryBytes: Int64

    public init(cpuMilliseconds: Int64, memoryBytes: Int64) {
        self.cpuMilliseconds = cpuMilliseconds
        self.memoryBytes = memoryBytes
    }
}

/// The entity behind an attempt id: one try of a job.
public enum Attempt {}
public typealias AttemptID = Identifier<Attempt>

/// What one machine, or one cluster, can hold.
public struct ExecutorCapacity: Hashable, Sendable {
    /// Thousandths of a core.
    public let cpuMillicores: Int64
    /// Bytes of memory that workloads may use.
    public let memoryBytes: Int64
    /// Accelerators by index, in the order the driver names them; empty where there are none.
    public let accelerators: [Accelerator]

    /// One accelerator card.
    public struct Accelerator: Hashable, Sendable {
        public let index: Int
        /// The vendor's name, such as `Tesla V100-SXM2-32GB`.
        public let name: String
        public let memoryBytes: Int64

        public init(index: Int, name: String, memoryBytes: Int64) {
            self.index = index
            self.name = name
            self.memoryBytes = memoryBytes
        }
    }

    public init(cpuMillicores: Int64, memoryBytes: Int64, accelerators: [Accelerator]) {
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
        self.accelerators = accelerators
    }
}

/// Everything the shim needs to run one rank of one attempt.
public struct AttemptSpec: Hashable, Sendable {
    public let attempt: AttemptID
    /// The rank on this node, 0 for a job of one node.
    public let rank: Int
    /// Program and arguments, as seen inside the sandbox.
    public let command: [String]
    /// The whole environment of the command.
    public let environment: [String: String]
    /// The folder the command starts in, as seen inside the sandbox.
    public let workingDirectory: String
    /// Folders of the host that the sandbox sees beside the system's own (read-only) ones.
    public let mounts: [Mount]
    public let limits: AttemptLimits
    /// Accelerator indices granted.
    public let accelerators: [Int]
    /// Seconds between TERM and KILL.
    public let graceSeconds: Int64
    /// Seconds of running after which the shim stops the work with cause `timeLimit` (auto-stop); nil for none.
    public let timeLimitSeconds: Int64?
    /// Where the first lease ends; the shim stops the work there with cause `lease` unless it was moved. Nil for none.
    public let leaseUntil: Instant?
    /// Whether the command may reach the network of the host; otherwise it has a loopback of its own only.
    public let sharesNetwork: Bool

    /// A folder of the host inside the sandbox.
    public struct Mount: Hashable, Sendable {
        public let hostPath: String
        public let sandboxPath: String
        public let isWritable: Bool

        public init(hostPath: String, sandboxPath: String, isWritable: Bool) {
            self.hostPath = hostPath
            self.sandboxPath = sandboxPath
            self.isWritable = isWritable
        }
    }

    public init(
        attempt: AttemptID, rank: Int = 0, command: [String], environment: [String: String],
        workingDirectory: String, mounts: [Mount], limits: AttemptLimits, accelerators: [Int] = [],
        graceSeconds: Int64 = 10, timeLimitSeconds: Int64? = nil, leaseUntil: Instant? = nil,
        sharesNetwork: Bool = false
    ) {
        self.attempt = attempt
        self.rank = rank
        self.command = command
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.mounts = mounts
        self.limits = limits
        self.accelerators = accelerators
        self.graceSeconds = graceSeconds
        self.timeLimitSeconds = timeLimitSeconds
        self.leaseUntil = leaseUntil
        self.sharesNetwork = sharesNetwork
    }
}

/// What a rank may use.
public struct AttemptLimits: Hashable, Sendable {
    /// Thousandths of a core.
    public let cpuMillicores: Int64
    public let memoryBytes: Int64
    public let processes: Int64
    /// Bytes of log kept; the last part wins.
    public let logBytes: Int64
    /// Whether the rest goes on where the kernel kills one process for its memory, as a notebook does without a kernel.
    public let outlivesMemoryKills: Bool

    public init(
        cpuMillicores: Int64, memoryBytes: Int64, processes: Int64 = 4_096, logBytes: Int64 = Limits.logBytes,
        outlivesMemoryKills: Bool = false
    ) {
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
        self.processes = processes
        self.logBytes = logBytes
        self.outlivesMemoryKills = outlivesMemoryKills
    }
}

/// One durable sentence of a shim. Identity: (attempt, rank, sequence); the same record may be read many times.
public struct AttemptRecord: Hashable, Sendable {
    public let attempt: AttemptID
    public let rank: Int
    /// 0 for `started`; later records count up.
    public let sequence: Int64
    /// The wall clock's reading; for `ended` and `alive` it is `started` plus the boot-time clock's difference.
    public let at: Instant
    public let event: Event

    public enum Event: Hashable, Sendable {
        /// The command is about to start; durable before it does.
        case started
        /// The command still ran.
        case alive
        /// Nothing of the command is left.
        case ended(AttemptEnd)
    }

    public init(attempt: AttemptID, rank: Int, sequence: Int64, at: Instant, event: Event) {
        self.attempt = attempt
        self.rank = rank
        self.sequence = sequence
        self.at = at
        self.event = event
    }
}

/// How an attempt ended.
public struct AttemptEnd: Hashable, Sendable {
    public let cause: Cause
    /// The command's exit code; 128 + signal where a signal ended it.
    public let exitCode: Int
    /// The greatest memory seen, bytes; nil where it could not be read.
    public let peakMemoryBytes: Int64?
    /// Processor time used, milliseconds; nil where it could not be read.
    public let cpuMilliseconds: Int64?
    /// Bytes of log that were dropped because the log had its full size.
    public let droppedLogBytes: Int64
    /// What a person should know, such as why the command could not be started; empty for a plain exit.
    public let message: String

    public enum Cause: String, Hashable, Sendable {
        /// The command ended by itself.
        case exit
        /// It was stopped as asked.
        case stopped
        /// It used more memory than its limit.
        case outOfMemory
        /// Its time limit was reached.
        case timeLimit
        /// Its lease ended.
        case lease
        /// The command could not be started.
        case startFailed
    }

    public init(
        cause: Cause, exitCode: Int, peakMemoryBytes: Int64?, cpuMilliseconds: Int64?, droppedLogBytes: Int64,
        message: String
    ) {
        self.cause = cause
        self.exitCode = exitCode
        self.peakMemoryBytes = peakMemoryBytes
        self.cpuMilliseconds = cpuMilliseconds
        self.droppedLogBytes = droppedLogBytes
        self.message = message
    }
}

/// What an executor knows of an attempt at one reading.
public struct AttemptEvidence: Hashable, Sendable {
    /// Records above the sequence asked for, in order.
    public let records: [AttemptRecord]
    public let shim: Shim

    public enum Shim: String, Hashable, Sendable {
        /// No folder of the attempt exists: nothing was ever started.
        case absent
        /// The shim lives.
        case alive
        /// The shim wrote `ended`.
        case ended
        /// The shim is gone without `ended` (killed, or the machine restarted): the last record is the last proof.
        case lost
    }

    public init(records: [AttemptRecord], shim: Shim) {
        self.records = records
        self.shim = shim
    }
}

/// A piece of a log.
public struct LogPiece: Hashable, Sendable {
    public let bytes: [UInt8]
    /// Offset of the first byte given, counted from the first byte ever written.
    public let offset: Int64
    /// Bytes ever written.
    public let writtenBytes: Int64
    /// Bytes dropped from the front because the log had its full size.
    public let droppedBytes: Int64

    public init(bytes: [UInt8], offset: Int64, writtenBytes: Int64, droppedBytes: Int64) {
        self.bytes = bytes
        self.offset = offset
        self.writtenBytes = writtenBytes
        self.droppedBytes = droppedBytes
    }
}
