extension InstanceMachine {
    /// What its step says to people who look at what happened to it: a word, and a sentence.
    public var words: (reason: String, message: String) {
        switch step {
        case .queued: ("Queued", "It waits for its place on the pool.")
        case .submitting: ("Scheduled", "It has a place on the pool and is being started.")
        case .starting: ("Started", "Its process runs; it is asked whether it is ready.")
        case .ready: ("Ready", "It says that it is ready and gets calls.")
        case .draining: ("Draining", "It gets no new calls; those it has are answered.")
        case .stopping: isProblem ? ("Unhealthy", sentence) : ("Stopping", "It was asked to end.")
        case .ended: isProblem ? ("Failed", sentence) : ("Ended", "It has ended.")
        }
    }

    /// Whether it ends, or has ended, though nobody wanted it to.
    public var isProblem: Bool { !reason.isEmpty }

    /// Its reason as a sentence.
    private var sentence: String {
        let text = reason.prefix(1).uppercased() + reason.dropFirst()
        return text.hasSuffix(".") ? text : text + "."
    }
}
