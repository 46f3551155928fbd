/// How a job's work ended, as its executor saw it.
public struct JobEnd: Hashable, Sendable {
    public let cause: Cause
    public let exitCode: Int
    /// What the executor adds; empty for a plain exit.
    public let message: String

    public enum Cause: String, Hashable, Sendable, CaseIterable {
        case exit, stopped, outOfMemory, timeLimit, lease, startFailed
    }

    public init(cause: Cause, exitCode: Int, message: String) {
        self.cause = cause
        self.exitCode = exitCode
        self.message = message
    }
}

extension TrainingJobMachine.Outcome {
    /// What an end means for the job.
    init(of end: JobEnd, isStopRequested: Bool) {
        let addition = end.message.isEmpty ? "" : "; \(end.message)"
        switch end.cause {
        case .exit where end.exitCode == 0: self.init(.completed, end.message)
        case .exit where isStopRequested: self.init(.terminated, end.message)
        case .exit: self.init(.failed, "the command ended with exit code \(end.exitCode)\(addition)")
        case .stopped: self.init(.terminated, end.message)
        case .outOfMemory:
            self.init(.failed, end.message.isEmpty ? "it used more memory than its flavor has" : end.message)
        case .timeLimit: self.init(.terminated, "it was stopped because its auto-stop time was reached\(addition)")
        case .lease:
            self.init(
                .terminated, "it was stopped because its account is in arrears and the grace period is over\(addition)")
        case .startFailed:
            self.init(.failed, end.message.isEmpty ? "its command could not be started" : end.message)
        }
    }
}
