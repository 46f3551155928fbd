extension NotebookMachine {
    /// A notebook's status, as ModelArts names it on the wire.
    public enum Status: String, Hashable, Sendable, CaseIterable {
        case initial = "INIT"
        case creating = "CREATING"
        case starting = "STARTING"
        case running = "RUNNING"
        case stopping = "STOPPING"
        case stopped = "STOPPED"
        case snapshotting = "SNAPSHOTTING"
        case deleting = "DELETING"
        case deleted = "DELETED"
        case createFailed = "CREATE_FAILED"
        case startFailed = "START_FAILED"
        case deleteFailed = "DELETE_FAILED"
        case error = "ERROR"
        case frozen = "FROZEN"
    }

    /// Steps in which nothing happens until somebody asks for something; from them it can be started.
    public static let restingSteps: [Step] = [.taken, .stopped, .failed, .broken, .frozen]
    /// Steps on the way to running.
    public static let startingSteps: [Step] = [.storing, .submitting, .connecting, .initialising]
    /// Steps in which the executor has, or may have, something of it.
    public static let workingSteps: [Step] =
        [.submitting, .connecting, .initialising, .running, .snapshotting, .stopping]
    /// Steps in which it has its place on the pool.
    public static let placedSteps: [Step] = [.storing] + workingSteps
    /// Steps in which an act is under way, or should be.
    public static let actingSteps: [Step] = startingSteps + [.snapshotting, .stopping, .removing]

    public var status: Status {
        switch step {
        case .taken: .initial
        case .storing, .submitting, .connecting, .initialising, .stopping: statusOnTheWay
        case .running: .running
        case .snapshotting: .snapshotting
        case .stopped: .stopped
        case .failed: hasRun ? .startFailed : .createFailed
        case .broken: .error
        case .frozen: .frozen
        case .removing: .deleting
        case .removalFailed: .deleteFailed
        case .deleted: .deleted
        }
    }

    /// A start that comes to nothing is a start until its work is gone.
    private var statusOnTheWay: Status {
        switch next {
        case .stopped?: .stopping
        case .removing?: .deleting
        case .failed?, nil: hasRun ? .starting : .creating
        }
    }

    /// Whether it can be started.
    public var canStart: Bool { Self.restingSteps.contains(step) }
    /// Whether it can be stopped: a start can be called off.
    public var canStop: Bool {
        [.storing, .submitting, .connecting, .initialising, .running, .stopping].contains(step) && next == nil
            || next == .stopped
    }
    /// Whether it can be deleted: not on its way up, and not while it is copied.
    public var canDelete: Bool {
        ![.creating, .starting, .snapshotting].contains(status)
    }

    /// Where one part of a start stands.
    public enum Progress: String, Hashable, Sendable, CaseIterable {
        case waiting = "WAITING"
        case processing = "PROCESSING"
        case failed = "FAILED"
        case completed = "COMPLETED"
    }

    /// The four parts of the last start, in order.
    public var progress: [(part: StartPart, progress: Progress)] {
        StartPart.allCases.map { part in (part, progress(of: part)) }
    }

    private func progress(of part: StartPart) -> Progress {
        switch step {
        case .taken: return .waiting
        case .running, .snapshotting: return .completed
        case .storing, .submitting, .connecting, .initialising:
            return part.rawValue < self.part.rawValue ? .completed : part == self.part ? .processing : .waiting
        case .failed: return failed(part)
        case .stopping where next == .failed: return failed(part)
        case .stopping, .stopped, .broken, .frozen, .removing, .removalFailed, .deleted:
            return hasRun ? .completed : part.rawValue < self.part.rawValue ? .completed : .waiting
        }
    }

    private func failed(_ part: StartPart) -> Progress {
        part.rawValue < self.part.rawValue ? .completed : part == self.part ? .failed : .waiting
    }
}

extension NotebookMachine.StartPart {
    /// What a person reads of it.
    public var words: String {
        switch self {
        case .storage: "Prepare the storage"
        case .compute: "Prepare the compute resources"
        case .network: "Configure the network"
        case .server: "Initialise the instance"
        }
    }
}
