import Glibc
import Platform

/// The end of an attempt that was asked for: TERM to all, and KILL when its grace is over.
struct Ending {
    private(set) var cause: AttemptEnd.Cause?
    private var killAt: Int64 = 0
    private var isTermSent = false

    var isAsked: Bool { cause != nil }

    /// Asks for it; the first who asks names the cause, later ones can only shorten the grace.
    mutating func ask(_ cause: AttemptEnd.Cause, grace milliseconds: Int64) {
        let end = ShimClock.boot() + milliseconds
        killAt = self.cause == nil ? end : min(killAt, end)
        self.cause = self.cause ?? cause
    }

    /// Sends what is due now.
    mutating func act(on tree: ProcessTree) {
        guard isAsked else { return }
        if ShimClock.boot() >= killAt { return tree.kill() }
        if !isTermSent {
            isTermSent = true
            tree.terminate()
        }
    }
}
