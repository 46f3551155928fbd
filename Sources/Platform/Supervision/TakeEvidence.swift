import Billing
import Kernel
import Metering
import Pricing
import Workloads

/// Takes what an executor's shim wrote of an attempt: facts for the meter, events for the job; each record once.
struct TakeEvidence: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// What came of the records.
    struct Taken: Sendable {
        let job: TrainingJobID
        let actions: [TrainingJobMachine.Action]
        let freesResources: Bool
    }

    /// Nil where there was nothing new.
    func callAsFunction(_ attempt: AttemptID) async throws -> Taken? {
        guard let job = try await ports.store.read({ try $0.trainingJob(attempt: attempt) }) else { return nil }
        guard job.machine.step != .ended else { return nil }
        let evidence = try await ports.executor.evidence(attempt, after: job.lastSequence)
        let isGone = evidence.shim == .lost && [.submitting, .running, .stopping].contains(job.machine.step)
        guard evidence.records.contains(where: { $0.event != .alive }) || isGone else { return nil }
        let ports = self.ports
        return try await ports.store.write { transaction in
            guard var job = try transaction.trainingJob(attempt: attempt) else { return nil }
            return try transaction.take(evidence, into: &job, ports: ports)
        }
    }
}

extension StoreTransaction {
    /// Takes all records above the last one taken, then stores the job.
    func take(_ evidence: AttemptEvidence, into job: inout TrainingJob, ports: Ports) throws -> TakeEvidence.Taken {
        var actions: [TrainingJobMachine.Action] = []
        var freesResources = false
        let now = ports.clock.now()
        func apply(_ event: TrainingJobMachine.Event) throws {
            let applied = try self.apply(event, to: &job, at: now)
            actions += applied.actions
            freesResources = freesResources || applied.freesResources
        }
        let fresh = evidence.records.filter { $0.sequence > job.lastSequence }
        for record in fresh {
            job.lastSequence = record.sequence
            switch record.event {
            case .started:
                job.startedAt = record.at
                try openSegment(of: job, at: record, now: now)
                try apply(.started)
            case .alive:
                // Only the last proof counts, and only where no end follows it.
                if record == fresh.last { try append(Fact(record), recordedAt: now) }
            case .ended(let end):
                job.note(end, at: record.at)
                // What never started has no stretch, and costs nothing.
                if job.startedAt != nil { try append(Fact(record), recordedAt: now) }
                try apply(.ended(JobEnd(end)))
            }
        }
        if evidence.shim == .lost, [.submitting, .running, .stopping].contains(job.machine.step) {
            try abandon(SegmentID(job.attempt, rank: 0))
            try apply(.lost("the shim is gone without a record of the end; billed up to the last proof of life"))
        }
        if TrainingJobMachine.endedSteps.contains(job.machine.step) { try settleHold(of: &job, ports: ports) }
        try update(job)
        return TakeEvidence.Taken(job: job.id, actions: actions, freesResources: freesResources)
    }

    private func openSegment(of job: TrainingJob, at record: AttemptRecord, now: Instant) throws {
        let terms = try requiredTerms(of: job.account)
        let segment = Segment(
            id: SegmentID(record.attempt, rank: record.rank), resource: ResourceID(job.id.text),
            product: Product.trainingJob, flavor: job.definition.resource.flavor,
            quantity: Int64(job.definition.resource.nodeCount))
        try insert(
            MeteredSegment(
                segment: segment, account: job.account, project: job.project, resourceName: job.definition.name,
                book: terms.book))
        try append(Fact(record), recordedAt: now)
    }
}

extension Fact {
    /// The lifecycle fact that a shim's record states.
    init(_ record: AttemptRecord) {
        let kind: Kind =
            switch record.event {
            case .started: .started
            case .alive: .alive
            case .ended: .ended
            }
        self.init(
            segment: SegmentID(record.attempt, rank: record.rank), sequence: record.sequence,
            at: record.at.second, kind: kind)
    }
}

extension TrainingJob {
    /// Keeps what the shim said of the end.
    mutating func note(_ end: AttemptEnd, at instant: Instant) {
        endedAt = instant
        exitCode = end.exitCode
        peakMemoryBytes = end.peakMemoryBytes
        cpuMilliseconds = end.cpuMilliseconds
        droppedLogBytes = end.droppedLogBytes
    }
}
