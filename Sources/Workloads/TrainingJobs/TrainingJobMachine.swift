import Kernel

/// The life of a training job without I/O: events in, actions out.
///
/// It is total: an event that comes late or twice changes nothing and asks for nothing.
public struct TrainingJobMachine: Hashable, Sendable {
    public private(set) var step: Step
    /// How it ended, or will have ended when its outputs are saved.
    public private(set) var outcome: Outcome?
    /// Whether a user, or the platform for one, has asked for its end.
    public private(set) var isStopRequested: Bool

    public init(step: Step = .queued, outcome: Outcome? = nil, isStopRequested: Bool = false) {
        self.step = step
        self.outcome = outcome
        self.isStopRequested = isStopRequested
    }

    public enum Step: String, Hashable, Sendable, CaseIterable {
        /// Waits for a place on the pool.
        case queued
        /// Has a place; code and inputs are copied in.
        case staging
        /// The executor was asked to start it.
        case submitting
        case running
        /// It was asked to end.
        case stopping
        /// Outputs and the log are copied to their buckets.
        case saving
        case ended
    }

    public enum Event: Hashable, Sendable {
        case placed
        case staged
        case stagingFailed(String)
        case started
        case ended(JobEnd)
        /// The executor lost it: nothing runs, and nobody saw the end.
        case lost(String)
        case stopRequested
        case saved
        case savingFailed(String)
    }

    public enum Action: Hashable, Sendable { case stage, submit, stop, save, finish }

    public struct Outcome: Hashable, Sendable {
        public let kind: Kind
        /// What a person should know; empty where there is nothing to add.
        public let message: String

        public enum Kind: String, Hashable, Sendable, CaseIterable { case completed, failed, terminated, abnormal }

        public init(_ kind: Kind, _ message: String = "") {
            self.kind = kind
            self.message = message
        }
    }

    /// Steps in which a job has its place on the pool.
    public static let placedSteps: [Step] = [.staging, .submitting, .running, .stopping]
    /// Steps in which nothing of the work is left.
    public static let endedSteps: [Step] = [.saving, .ended]

    /// Takes an event; gives what is to be done now.
    public mutating func handle(_ event: Event) -> [Action] {
        switch event {
        case .placed:
            guard step == .queued else { return [] }
            return go(to: .staging, then: [.stage])
        case .staged:
            guard step == .staging else { return [] }
            if isStopRequested { return end(Outcome(.terminated)) }
            return go(to: .submitting, then: [.submit])
        case .stagingFailed(let message):
            guard step == .staging else { return [] }
            return end(
                isStopRequested
                    ? Outcome(.terminated) : Outcome(.failed, "its files could not be copied in: \(message)"))
        case .started:
            // A stop may have overtaken the start.
            if step == .stopping { return [.stop] }
            return step == .submitting ? go(to: .running, then: []) : []
        case .ended(let end):
            guard [.submitting, .running, .stopping].contains(step) else { return [] }
            outcome = Outcome(of: end, isStopRequested: isStopRequested)
            return go(to: .saving, then: [.save])
        case .lost(let message):
            guard [.submitting, .running, .stopping].contains(step) else { return [] }
            outcome = Outcome(.abnormal, message)
            return go(to: .saving, then: [.save])
        case .stopRequested: return stop()
        case .saved:
            guard step == .saving else { return [] }
            return go(to: .ended, then: [.finish])
        case .savingFailed(let message):
            guard step == .saving else { return [] }
            outcome = Self.unsaved(outcome, message)
            return go(to: .ended, then: [.finish])
        }
    }

    private mutating func stop() -> [Action] {
        guard !isStopRequested else { return step == .stopping ? [.stop] : [] }
        switch step {
        case .queued:
            isStopRequested = true
            return end(Outcome(.terminated, "it was stopped before it started"))
        case .staging:
            isStopRequested = true
            return []
        case .submitting, .running:
            isStopRequested = true
            return go(to: .stopping, then: [.stop])
        case .stopping, .saving, .ended: return []
        }
    }

    private mutating func go(to step: Step, then actions: [Action]) -> [Action] {
        self.step = step
        return actions
    }

    /// Ends a job that never ran: there is nothing to save.
    private mutating func end(_ outcome: Outcome) -> [Action] {
        self.outcome = outcome
        return go(to: .ended, then: [.finish])
    }

    /// A result that could not be kept is a failure, whatever the work said.
    private static func unsaved(_ outcome: Outcome?, _ message: String) -> Outcome {
        let earlier = outcome.map { $0.message.isEmpty ? "" : "\($0.message); " } ?? ""
        let kind = outcome?.kind == .completed ? .failed : outcome?.kind ?? .failed
        return Outcome(kind, "\(earlier)its outputs could not be saved: \(message)")
    }

    /// What to do again after the server was away: every act may be repeated.
    public var resumption: [Action] {
        switch step {
        case .queued, .running, .ended: []
        case .staging: [.stage]
        case .submitting: [.submit]
        // The start may not have been asked for yet; asked twice it starts nothing twice.
        case .stopping: [.submit, .stop]
        case .saving: [.save]
        }
    }
}
