import Kernel
import Metering
import Workloads

/// Takes what an executor's shim wrote of an attempt: facts for the meter, events for its machine; each
/// record once.
struct TakeEvidence: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// What came of the records.
    struct Taken: Sendable {
        let actions: SupervisedActions
        let freesResources: Bool
    }

    /// Nil where there was nothing new.
    func callAsFunction(_ attempt: AttemptID) async throws -> Taken? {
        if let job = try await ports.store.read({ try $0.trainingJob(attempt: attempt) }) {
            guard job.machine.step != .ended, let evidence = try await news(of: job) else { return nil }
            return try await take(evidence, reading: { try $0.trainingJob(attempt: attempt) }) { job, actions in
                .trainingJob(job.id, actions)
            }
        }
        if let notebook = try await ports.store.read({ try $0.notebook(attempt: attempt) }) {
            guard notebook.isWithExecutor, let evidence = try await news(of: notebook) else { return nil }
            let isStarting = NotebookMachine.startingSteps.contains(notebook.machine.step)
            let told = isStarting ? await explained(evidence, of: attempt) : evidence
            return try await take(told, reading: { try $0.notebook(attempt: attempt) }) { notebook, actions in
                .notebook(notebook, actions)
            }
        }
        if let instance = try await ports.store.read({ try $0.instance(attempt: attempt) }) {
            guard instance.isWithExecutor, let evidence = try await news(of: instance) else { return nil }
            let isStarting = instance.machine.step == .submitting || instance.machine.step == .starting
            let told = isStarting ? await explained(evidence, of: attempt) : evidence
            return try await take(told, reading: { try $0.instance(attempt: attempt) }) { instance, actions in
                .instance(instance, actions)
            }
        }
        return nil
    }

    /// What was written since the last look; nil where that changes nothing.
    private func news(of work: some AttemptedWork) async throws -> AttemptEvidence? {
        let evidence = try await ports.executor.evidence(work.attempt, after: work.lastSequence)
        let isGone = evidence.shim == .lost && work.isWithExecutor
        return evidence.records.contains { $0.event != .alive } || isGone ? evidence : nil
    }

    private func take<Work: AttemptedWork>(
        _ evidence: AttemptEvidence, reading read: @escaping @Sendable (any StoreTransaction) throws -> Work?,
        _ named: @escaping @Sendable (Work, [Work.Action]) -> SupervisedActions
    ) async throws -> Taken? {
        let ports = self.ports
        return try await ports.store.write { transaction in
            guard var work = try read(transaction) else { return nil }
            let heldPlace = work.holdsPlace
            let actions = try transaction.take(evidence, into: &work, ports: ports)
            return Taken(actions: named(work, actions), freesResources: heldPlace && !work.holdsPlace)
        }
    }

    /// An end on the way up is explained by the last words of the log: nobody can look for them elsewhere.
    private func explained(_ evidence: AttemptEvidence, of attempt: AttemptID) async -> AttemptEvidence {
        guard let last = evidence.records.last, case .ended(let end) = last.event, end.cause == .exit else {
            return evidence
        }
        let words = await LastWords(ports.executor)(of: attempt)
        let told = AttemptEnd(
            cause: end.cause, exitCode: end.exitCode, peakMemoryBytes: end.peakMemoryBytes,
            cpuMilliseconds: end.cpuMilliseconds, droppedLogBytes: end.droppedLogBytes,
            message: [end.message, words].filter { !$0.isEmpty }.joined(separator: "; "))
        let record = AttemptRecord(
            attempt: last.attempt, rank: last.rank, sequence: last.sequence, at: last.at, event: .ended(told))
        return AttemptEvidence(records: evidence.records.dropLast() + [record], shim: evidence.shim)
    }
}

/// The last line that an attempt wrote, for people who want to know why it ended.
struct LastWords: Sendable {
    private let executor: any Executor

    init(_ executor: any Executor) { self.executor = executor }

    /// Empty where nothing was written, or nothing can be read.
    func callAsFunction(of attempt: AttemptID) async -> String {
        do {
            let end = try await executor.log(attempt, from: .max, limit: 0)
            let piece = try await executor.log(
                attempt, from: max(end.droppedBytes, end.writtenBytes - 2_048), limit: 2_048)
            let lines = String(decoding: piece.bytes, as: UTF8.self).split(separator: "\n")
            return lines.last { line in line.contains { !$0.isWhitespace } }.map { String($0.suffix(300)) } ?? ""
        } catch {
            return ""
        }
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
