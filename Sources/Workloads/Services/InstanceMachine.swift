/// The life of one instance of a service without I/O: events in, actions out.
///
/// It is total: an event that comes late or twice changes nothing and asks for nothing.
public struct InstanceMachine: Hashable, Sendable {
    public private(set) var step: Step
    /// Why it ends or has ended, for people; empty where it was asked to.
    public private(set) var reason: String

    public init(step: Step = .queued, reason: String = "") {
        self.step = step
        self.reason = reason
    }

    public enum Step: String, Hashable, Sendable, CaseIterable {
        /// It waits for its place on the pool.
        case queued
        /// The executor was asked to start it.
        case submitting
        /// Its work has started; it is not ready yet.
        case starting
        /// It gets calls.
        case ready
        /// It gets no new calls; those it has are answered.
        case draining
        /// Its work was asked to end.
        case stopping
        case ended
    }

    public enum Event: Hashable, Sendable {
        /// It has a place, and its first hour is reserved.
        case placed
        /// The shim has started its work.
        case started
        /// It says that it is ready.
        case ready
        /// It did not become ready in time, or is not any more.
        case sick(String)
        /// It is not wanted any more.
        case retired
        /// It is to go at once; calls that it has break off.
        case dismissed
        /// It answers no call any more, or the time for it is over.
        case drained
        case ended(JobEnd)
        /// Nothing runs, and nobody saw the end.
        case lost(String)
    }

    public enum Action: String, Hashable, Sendable, CaseIterable { case submit, await, drain, stop, finish }

    /// Steps in which it has its place on the pool.
    public static let placedSteps: [Step] = [.submitting, .starting, .ready, .draining, .stopping]
    /// Steps in which it counts as one of those that a service should have.
    public static let wantedSteps: [Step] = [.queued, .submitting, .starting, .ready]

    /// Takes an event; gives what is to be done now.
    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .placed:
            guard step == .queued else { return [] }
            return go(to: .submitting, then: [.submit])
        case .started:
            switch step {
            case .submitting: return go(to: .starting, then: [.await])
            // A stop may have overtaken the start.
            case .stopping: return [.stop]
            default: return []
            }
        case .ready:
            return step == .starting ? go(to: .ready, then: []) : []
        case .sick(let why):
            guard [.submitting, .starting, .ready].contains(step) else { return [] }
            reason = why
            return go(to: .stopping, then: [.stop])
        case .retired: return retire()
        case .dismissed: return step == .ready || step == .draining ? go(to: .stopping, then: [.stop]) : retire()
        case .drained:
            return step == .draining ? go(to: .stopping, then: [.stop]) : []
        case .ended(let end): return self.end(Self.words(end))
        case .lost(let message): return self.end(message)
        }
    }

    private mutating func retire() -> [Action] {
        switch step {
        case .queued: return go(to: .ended, then: [.finish])
        case .submitting, .starting: return go(to: .stopping, then: [.stop])
        case .ready: return go(to: .draining, then: [.drain])
        case .draining, .stopping, .ended: return []
        }
    }

    private mutating func end(_ message: String) -> [Action] {
        guard step != .ended, step != .queued else { return [] }
        // One that was asked to end says why it was, if anything.
        if ![.draining, .stopping].contains(step) { reason = message }
        return go(to: .ended, then: [.finish])
    }

    private static func words(_ end: JobEnd) -> String {
        let addition = end.message.isEmpty ? "" : ": \(end.message)"
        switch end.cause {
        case .startFailed: return "it could not be started\(addition)"
        case .outOfMemory: return "it used more memory than its flavor has\(addition)"
        case .lease: return Self.leaseReason
        case .exit, .stopped, .timeLimit: return "it ended by itself with exit code \(end.exitCode)\(addition)"
        }
    }

    /// Why it ended where its account did not pay.
    public static let leaseReason = "its account is in arrears and the grace period is over; top it up, then start it"

    private mutating func go(to step: Step, then actions: [Action]) -> [Action] {
        self.step = step
        return actions
    }

    /// What to do again after the server was away: every act may be repeated.
    public var resumption: [Action] {
        switch step {
        case .submitting: [.submit]
        case .starting: [.await]
        case .draining: [.drain]
        case .stopping: [.stop]
        case .ended: [.finish]
        case .queued, .ready: []
        }
    }
}
