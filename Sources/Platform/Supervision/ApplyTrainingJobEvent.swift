import Kernel
import Workloads

/// Applies one event to a job in one transaction, with everything that follows from it in the books.
struct ApplyTrainingJobEvent: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// What is to be done after an event.
    struct Applied: Sendable {
        let actions: [TrainingJobMachine.Action]
        /// Whether the job gave back its place on the pool.
        let freesResources: Bool
    }

    func callAsFunction(_ event: TrainingJobMachine.Event, to id: TrainingJobID) async throws -> Applied {
        let ports = self.ports
        return try await ports.store.write { transaction in
            guard var job = try transaction.trainingJob(id) else {
                return Applied(actions: [], freesResources: false)
            }
            let applied = try transaction.apply(event, to: &job, at: ports.clock.now())
            if job.machine.step == .ended { try transaction.settleHold(of: &job, ports: ports) }
            try transaction.update(job)
            return applied
        }
    }
}

extension StoreTransaction {
    /// Moves a job's machine and notes what people should see; the caller stores the job.
    func apply(
        _ event: TrainingJobMachine.Event, to job: inout TrainingJob, at now: Instant
    ) throws -> ApplyTrainingJobEvent.Applied {
        let before = job.machine
        let actions = job.machine.handle(event)
        if job.machine.phase != before.phase || job.machine.outcome != before.outcome {
            try append(TrainingJobEvent(job: job.id, at: now, level: level(of: job.machine), text: text(of: job)))
        }
        let wasPlaced = TrainingJobMachine.placedSteps.contains(before.step)
        let isPlaced = TrainingJobMachine.placedSteps.contains(job.machine.step)
        return ApplyTrainingJobEvent.Applied(actions: actions, freesResources: wasPlaced && !isPlaced)
    }

    private func level(of machine: TrainingJobMachine) -> TrainingJobEvent.Level {
        if machine.step == .saving { return .info }
        return switch machine.outcome?.kind {
        case .failed?, .abnormal?: .error
        case .terminated?: .warning
        case .completed?, nil: .info
        }
    }

    private func text(of job: TrainingJob) -> String {
        if job.machine.step == .saving {
            return "Nothing of the work is left; its outputs and its log are being saved."
        }
        if let outcome = job.machine.outcome, !outcome.message.isEmpty {
            return "The job is \(job.machine.phase.rawValue): \(outcome.message)"
        }
        return "The job is \(job.machine.phase.rawValue)."
    }
}
