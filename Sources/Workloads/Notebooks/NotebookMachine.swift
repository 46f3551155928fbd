import Kernel

/// The life of a notebook without I/O: events in, actions out.
///
/// It is total: an event that comes late or twice changes nothing and asks for nothing. A notebook has many runs, one
/// after the other; each begins with `placed` and ends where nothing of its work is left.
public struct NotebookMachine: Hashable, Sendable {
    public private(set) var step: Step
    /// Where it goes when nothing of its work is left; nil where nobody has asked for an end.
    public private(set) var next: Next?
    /// Whether it has run before: a first start is a creation.
    public private(set) var hasRun: Bool
    /// Why it is where it is, for people; empty where there is nothing to say.
    public private(set) var reason: String
    /// The part of a start that failed, or at which it stands.
    public private(set) var part: StartPart

    public init(
        step: Step = .taken, next: Next? = nil, hasRun: Bool = false, reason: String = "", part: StartPart = .storage
    ) {
        self.step = step
        self.next = next
        self.hasRun = hasRun
        self.reason = reason
        self.part = part
    }

    public enum Step: String, Hashable, Sendable, CaseIterable {
        /// It was asked for.
        case taken
        /// Its volume is made and mounted.
        case storing
        /// The executor was asked to start it.
        case submitting
        /// Its work has started; nothing listens yet.
        case connecting
        /// Something listens; it does not answer yet.
        case initialising
        case running
        /// Its environment is copied; it cannot be used meanwhile.
        case snapshotting
        /// Its work was asked to end.
        case stopping
        case stopped
        /// A start came to nothing.
        case failed
        /// It ended while it ran, without being asked.
        case broken
        /// Its account owes money; what it keeps is kept.
        case frozen
        /// Its volume is removed.
        case removing
        case removalFailed
        case deleted
    }

    /// The steps to which an end that was asked for leads.
    public enum Next: String, Hashable, Sendable, CaseIterable { case stopped, failed, removing }

    /// The four parts of a start, as ModelArts counts them.
    public enum StartPart: Int, Hashable, Sendable, CaseIterable {
        case storage = 1, compute, network, server
    }

    public enum Event: Hashable, Sendable {
        /// It has a place on the pool, and its first hour is reserved.
        case placed
        /// There is no place for it.
        case refused(String)
        case stored
        case storingFailed(String)
        /// The shim has started its work.
        case started
        /// Its socket takes connections.
        case connected
        /// Its server answers.
        case ready
        case notReady(String)
        case ended(JobEnd)
        /// The executor lost it: nothing runs, and nobody saw the end.
        case lost(String)
        /// Its end is asked for, and why.
        case stopRequested(String)
        case deleteRequested
        case snapshotRequested
        case snapshotEnded(String)
        case removed
        case removalFailed(String)
    }

    public enum Action: String, Hashable, Sendable, CaseIterable {
        case store, submit, awaitServer, stop, snapshot, finish, remove
    }

    /// Takes an event; gives what is to be done now.
    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .placed:
            guard Self.restingSteps.contains(step) else { return [] }
            (next, reason, part) = (nil, "", .storage)
            return go(to: .storing, then: [.store])
        case .refused(let message):
            guard Self.restingSteps.contains(step) else { return [] }
            return fail(message, at: .compute, then: [])
        case .stored, .storingFailed: return handleStorage(event)
        case .started, .connected, .ready, .notReady: return handleStart(event)
        case .ended(let end): return handleEnd(end)
        case .lost(let message): return handleLoss(message)
        case .stopRequested(let why): return stop(toBe: .stopped, because: why)
        case .deleteRequested: return delete()
        case .snapshotRequested: return step == .running ? go(to: .snapshotting, then: [.snapshot]) : []
        case .snapshotEnded(let message):
            guard step == .snapshotting else { return [] }
            reason = message
            return go(to: .running, then: [])
        case .removed: return step == .removing ? go(to: .deleted, then: []) : []
        case .removalFailed(let message):
            guard step == .removing else { return [] }
            reason = message
            return go(to: .removalFailed, then: [])
        }
    }

    private mutating func handleStorage(_ event: Event) -> [Action] {
        guard step == .storing else { return [] }
        if next != nil { return leave() }
        if case .storingFailed(let message) = event {
            return fail("its volume could not be made ready: \(message)", at: .storage, then: [.finish])
        }
        part = .compute
        return go(to: .submitting, then: [.submit])
    }

    private mutating func handleStart(_ event: Event) -> [Action] {
        switch (event, step) {
        // A stop may have overtaken the start.
        case (.started, .stopping): return [.stop]
        case (.started, .submitting):
            part = .network
            return go(to: .connecting, then: [.awaitServer])
        case (.connected, .connecting):
            part = .server
            return go(to: .initialising, then: [])
        case (.ready, .connecting), (.ready, .initialising):
            (hasRun, part) = (true, .server)
            return go(to: .running, then: [])
        case (.notReady(let message), .connecting), (.notReady(let message), .initialising):
            (next, reason) = (.failed, message)
            return go(to: .stopping, then: [.stop])
        default: return []
        }
    }

    private mutating func handleEnd(_ end: JobEnd) -> [Action] {
        guard Self.workingSteps.contains(step) else { return [] }
        if next != nil { return leave() }
        let addition = end.message.isEmpty ? "" : ": \(end.message)"
        if end.cause == .lease {
            reason = "its account is in arrears and the grace period is over; top it up, then start the notebook"
            return go(to: .frozen, then: [.finish])
        }
        if Self.startingSteps.contains(step) {
            let words = end.cause == .startFailed ? "it could not be started" : "it ended while it started"
            return fail("\(words)\(end.exitWords)\(addition)", at: part, then: [.finish])
        }
        switch end.cause {
        case .exit where end.exitCode == 0:
            reason = "JupyterLab was shut down from inside"
            return go(to: .stopped, then: [.finish])
        case .stopped, .timeLimit:
            reason = end.message
            return go(to: .stopped, then: [.finish])
        case .exit, .outOfMemory, .startFailed, .lease:
            reason = "it ended by itself\(end.exitWords)\(addition)"
            return go(to: .broken, then: [.finish])
        }
    }

    private mutating func handleLoss(_ message: String) -> [Action] {
        guard Self.workingSteps.contains(step) else { return [] }
        if next != nil { return leave() }
        if Self.startingSteps.contains(step) { return fail(message, at: part, then: [.finish]) }
        reason = message
        return go(to: .broken, then: [.finish])
    }

    private mutating func stop(toBe goal: Next, because why: String) -> [Action] {
        switch step {
        case .storing:
            (next, reason) = (next ?? goal, why)
            return []
        case .submitting, .connecting, .initialising, .running:
            (next, reason) = (goal, why)
            return go(to: .stopping, then: [.stop])
        case .stopping: return [.stop]
        case .taken, .snapshotting, .stopped, .failed, .broken, .frozen, .removing, .removalFailed, .deleted: return []
        }
    }

    private mutating func delete() -> [Action] {
        switch step {
        case .taken, .stopped, .failed, .broken, .frozen, .removalFailed:
            reason = ""
            return go(to: .removing, then: [.remove])
        case .storing, .stopping:
            next = .removing
            return step == .stopping ? [.stop] : []
        case .submitting, .connecting, .initialising, .running: return stop(toBe: .removing, because: "")
        case .snapshotting, .removing, .deleted: return []
        }
    }

    /// Goes where the end that was asked for leads.
    private mutating func leave() -> [Action] {
        defer { next = nil }
        switch next {
        case .removing?: return go(to: .removing, then: [.finish, .remove])
        case .failed?: return go(to: .failed, then: [.finish])
        case .stopped?, nil: return go(to: .stopped, then: [.finish])
        }
    }

    private mutating func fail(_ message: String, at part: StartPart, then actions: [Action]) -> [Action] {
        (reason, self.part) = (message, part)
        return go(to: .failed, then: actions)
    }

    private mutating func go(to step: Step, then actions: [Action]) -> [Action] {
        self.step = step
        return actions
    }

    /// What to do again after the server was away: every act may be repeated.
    public var resumption: [Action] {
        switch step {
        case .storing: [.store]
        case .submitting: [.submit]
        case .connecting, .initialising: [.awaitServer]
        case .stopping: [.stop]
        case .snapshotting: [.snapshot]
        case .removing: [.finish, .remove]
        case .taken, .running, .stopped, .failed, .broken, .frozen, .removalFailed, .deleted: []
        }
    }
}

extension JobEnd {
    /// The exit code in words, where it says anything.
    fileprivate var exitWords: String {
        switch cause {
        case .outOfMemory: ", for it used more memory than its flavor has"
        case .exit where exitCode != 0: " with exit code \(exitCode)"
        default: ""
        }
    }
}
