import Billing
import Identity
import Kernel
import Ledger
import Metering
import Workloads

/// Work that an executor runs under a shim: what the shim says of it drives its meter and its machine in the same way,
/// whatever kind of work it is.
protocol AttemptedWork: Sendable {
    associatedtype Action: Sendable

    var account: AccountID { get }
    var project: ProjectID { get }
    var attempt: AttemptID { get }
    /// The dedicated pool it runs on, which is what is billed then; nil for the public pool.
    var pool: PoolID? { get }
    /// The sequence of the last record taken from the shim; −1 before the first.
    var lastSequence: Int64 { get set }
    var startedAt: Instant? { get set }
    /// The reservation that covers the attempt.
    var hold: HoldID? { get set }
    /// Whether the executor may have something of it.
    var isWithExecutor: Bool { get }
    /// Whether it holds its place on the pool.
    var holdsPlace: Bool { get }
    /// Whether its seconds are metered from the start record on; otherwise its machine's progress decides.
    var isMeteredFromStart: Bool { get }
    /// The name that its bill shows.
    var resourceName: String { get }
    /// What a run of it is metered as.
    func segment(_ id: SegmentID) -> Segment

    /// Tells its machine what the executor said; gives what is to be done now.
    mutating func hear(_ word: ExecutorWord, at now: Instant, in transaction: any StoreTransaction) throws -> [Action]
    /// Writes everything that can change of it.
    func store(in transaction: any StoreTransaction) throws
}

/// What an executor says of an attempt, as machines hear it.
enum ExecutorWord: Sendable {
    case started
    case ended(AttemptEnd, at: Instant)
    case lost(String)
}

extension AttemptedWork {
    /// The stretch of its attempt.
    var stretch: SegmentID { SegmentID(attempt, rank: 0) }
}

/// A job, a notebook or an instance of which records were taken, and what is to be done for it now.
enum SupervisedActions: Sendable {
    case trainingJob(TrainingJobID, [TrainingJobMachine.Action])
    /// The notebook as it stood when they were decided.
    case notebook(Notebook, [NotebookMachine.Action])
    /// The instance as it stood when they were decided.
    case instance(ServiceInstance, [InstanceMachine.Action])
}

extension StoreTransaction {
    /// Takes all records above the last one taken, then stores the work.
    func take<Work: AttemptedWork>(
        _ evidence: AttemptEvidence, into work: inout Work, ports: Ports
    ) throws -> [Work.Action] {
        var actions: [Work.Action] = []
        let now = ports.clock.now()
        let fresh = evidence.records.filter { $0.sequence > work.lastSequence }
        for record in fresh {
            work.lastSequence = record.sequence
            switch record.event {
            case .started:
                work.startedAt = record.at
                if work.isMeteredFromStart { try openStretch(of: work, now: now) }
                actions += try work.hear(.started, at: now, in: self)
            case .alive:
                // Only the last proof counts, and only where no end follows it.
                if record == fresh.last, try meteredSegment(work.stretch) != nil {
                    try append(Fact(record), recordedAt: now)
                }
            case .ended(let end):
                // What never started has no stretch, and costs nothing.
                if try meteredSegment(work.stretch) != nil { try append(Fact(record), recordedAt: now) }
                actions += try work.hear(.ended(end, at: record.at), at: now, in: self)
            }
        }
        if evidence.shim == .lost, work.isWithExecutor {
            try abandon(work.stretch)
            actions += try work.hear(
                .lost("the shim is gone without a record of the end; billed up to the last proof of life"), at: now,
                in: self)
        }
        if !work.isWithExecutor { try settleHold(of: &work, ports: ports) }
        try work.store(in: self)
        return actions
    }

    /// Begins to meter an attempt, from the second its shim stamped; what runs on a dedicated pool costs nothing
    /// beside it.
    func openStretch(of work: some AttemptedWork, now: Instant) throws {
        guard work.pool == nil, let start = work.startedAt, try meteredSegment(work.stretch) == nil else { return }
        try insert(
            MeteredSegment(
                segment: work.segment(work.stretch), account: work.account, project: work.project,
                resourceName: work.resourceName, book: try requiredTerms(of: work.account).book))
        try append(
            Fact(segment: work.stretch, sequence: 0, at: start.second, kind: .started), recordedAt: now)
    }

    /// Everything that has its place on a pool; nil for the public one.
    func placements(on pool: PoolID?) throws -> [Placement] {
        let jobs = try trainingJobs(inSteps: TrainingJobMachine.placedSteps, pool: PoolFilter(pool), limit: .max)
        let notebooks = try notebooks(inSteps: NotebookMachine.placedSteps).filter { $0.pool == pool }
        let instances = try instances(inSteps: InstanceMachine.placedSteps).filter { $0.pool == pool }
        return jobs.map { Placement(id: $0.id.text, demand: $0.demand, accelerators: $0.accelerators) }
            + notebooks.map { Placement(id: $0.id.text, demand: $0.demand, accelerators: $0.accelerators) }
            + instances.map { Placement(id: $0.attempt.text, demand: $0.demand, accelerators: $0.accelerators) }
    }

    /// Attempts whose lease is moved ahead while their account pays.
    func leasedAttempts() throws -> [(account: AccountID, attempt: AttemptID)] {
        let jobs = try trainingJobs(inSteps: [.running, .stopping], limit: .max)
        let notebooks = try notebooks(inSteps: NotebookMachine.workingSteps)
        let instances = try instances(inSteps: InstanceMachine.placedSteps)
        return jobs.map { ($0.account, $0.attempt) } + notebooks.map { ($0.account, $0.attempt) }
            + instances.map { ($0.account, $0.attempt) }
    }

    /// Whether the work that a stretch meters goes on, as far as anybody knows.
    func isAtWork(_ metered: MeteredSegment) throws -> Bool {
        if let job = try trainingJob(TrainingJobID(metered.segment.resource.text)) { return job.machine.step != .ended }
        if let notebook = try notebook(NotebookID(metered.segment.resource.text)) {
            return notebook.stretch == metered.segment.id && notebook.isWithExecutor
        }
        if let instance = try instance(attempt: metered.segment.id.attempt) { return instance.isWithExecutor }
        return true
    }
}
