extension TrainingJobMachine {
    /// A job's phase, as ModelArts names it on the wire.
    public enum Phase: String, Hashable, Sendable, CaseIterable {
        case creating = "Creating"
        case pending = "Pending"
        case running = "Running"
        case terminating = "Terminating"
        case terminated = "Terminated"
        case completed = "Completed"
        case failed = "Failed"
        case abnormal = "Abnormal"

        /// Whether nothing can follow.
        public var isFinal: Bool { [.terminated, .completed, .failed, .abnormal].contains(self) }
    }

    /// Outputs that are being saved count as running: the job says Completed only when they are in their bucket.
    public var phase: Phase {
        switch step {
        case .queued: .pending
        case .staging, .submitting: isStopRequested ? .terminating : .creating
        case .running: .running
        case .stopping: .terminating
        case .saving: isStopRequested ? .terminating : .running
        case .ended: outcome.map { Self.phase(of: $0.kind) } ?? .abnormal
        }
    }

    /// The finer phase, as ModelArts names it.
    public var secondaryPhase: String {
        switch phase {
        case .pending: "Queuing"
        case .abnormal: "Lost"
        default: phase.rawValue
        }
    }

    private static func phase(of kind: Outcome.Kind) -> Phase {
        switch kind {
        case .completed: .completed
        case .failed: .failed
        case .terminated: .terminated
        case .abnormal: .abnormal
        }
    }
}
