import Workloads

extension JobEnd {
    /// An attempt's end as the job's machine knows it; a cut log is said, because nobody would look for what is gone.
    init(_ end: AttemptEnd) {
        let cause: Cause =
            switch end.cause {
            case .exit: .exit
            case .stopped: .stopped
            case .outOfMemory: .outOfMemory
            case .timeLimit: .timeLimit
            case .lease: .lease
            case .startFailed: .startFailed
            }
        self.init(cause: cause, exitCode: end.exitCode, message: end.message)
    }
}
