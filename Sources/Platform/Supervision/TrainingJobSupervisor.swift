import Kernel
import Synchronization
import Workloads

/// Drives every job from the queue to its end: places, stages, submits, takes records, saves outputs.
///
/// It keeps nothing in memory that the store does not have: after a crash `run` finds every unfinished job in its
/// step and goes on from there, and every act it repeats is idempotent.
public final class TrainingJobSupervisor: Sendable {
    private let ports: Ports
    /// Who goes on with notebooks of which records were taken.
    private let notebooks: NotebookSupervisor?
    /// The same for instances of services.
    private let services: ServiceSupervisor?
    /// What is quick: places and records. Copies of files wait in a line of their own, so that they hold up nobody.
    private let work: AsyncStream<Work>
    private let queue: AsyncStream<Work>.Continuation
    private let acts: AsyncStream<Work>
    private let actQueue: AsyncStream<Work>.Continuation
    private let isPlacingAsked = Mutex(false)
    /// Jobs whose last act could not be recorded, as on a full disk; the next sweep takes them up as a restart would.
    private let interrupted = Mutex<Set<TrainingJobID>>([])

    /// Jobs whose actions may be carried out at the same time.
    private static let concurrency = 16

    enum Work: Sendable {
        case place
        case perform(TrainingJobID, [TrainingJobMachine.Action])
        case hint(AttemptID)
        case sweep
    }

    public init(_ ports: Ports, notebooks: NotebookSupervisor? = nil, services: ServiceSupervisor? = nil) {
        self.ports = ports
        self.notebooks = notebooks
        self.services = services
        (work, queue) = AsyncStream.makeStream()
        (acts, actQueue) = AsyncStream.makeStream()
    }

    /// Asks for a look at the queue: a job was added or resources were given back.
    public func wake() {
        let isNew = isPlacingAsked.withLock { asked in
            defer { asked = true }
            return !asked
        }
        if isNew { queue.yield(.place) }
    }

    /// Asks for a job's actions to be carried out.
    func perform(_ actions: [TrainingJobMachine.Action], for job: TrainingJobID) {
        if !actions.isEmpty { actQueue.yield(.perform(job, actions)) }
    }

    /// Works until its task is cancelled. Running jobs go on without it.
    public func run() async throws {
        try await resume()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await self.passHints() }
            group.addTask { try await self.sweepNowAndThen() }
            group.addTask { await self.workThrough(self.work) }
            group.addTask { await self.workThrough(self.acts) }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Takes up every unfinished job where the last run of the server left it.
    private func resume() async throws {
        let jobs = try await ports.store.read { transaction in
            try transaction.trainingJobs(
                inSteps: [.staging, .submitting, .running, .stopping, .saving], limit: .max)
        }
        for job in jobs {
            perform(job.machine.resumption, for: job.id)
            queue.yield(.hint(job.attempt))
        }
        wake()
    }

    private func passHints() async {
        for await attempt in ports.executor.hints() { queue.yield(.hint(attempt)) }
    }

    private func sweepNowAndThen() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(ports.settings.sweepMilliseconds))
            queue.yield(.sweep)
        }
    }

    private func workThrough(_ work: AsyncStream<Work>) async {
        await withTaskGroup(of: Void.self) { group in
            var busy = 0
            for await item in work {
                if busy >= Self.concurrency {
                    await group.next()
                    busy -= 1
                }
                group.addTask { await self.attend(to: item) }
                busy += 1
            }
        }
    }

    private func attend(to item: Work) async {
        do {
            switch item {
            case .place: try await placeWaiting()
            case .hint(let attempt): try await takeEvidence(of: attempt)
            case .sweep: try await sweep()
            case .perform(let job, let actions): try await carryOut(actions, for: job)
            }
        } catch {
            ports.journal.note(.error, "The supervisor could not do a piece of work.", ["error": "\(error)"])
        }
    }

    private func placeWaiting() async throws {
        isPlacingAsked.withLock { $0 = false }
        let placed = try await PlaceTrainingJobs(ports)()
        for job in placed { perform(job.actions, for: job.id) }
    }

    /// Looks at every attempt that should be running: a lost shim gives no hint.
    private func sweep() async throws {
        let jobs = try await ports.store.read { transaction in
            try transaction.trainingJobs(inSteps: [.submitting, .running, .stopping], limit: .max)
        }
        for job in jobs {
            try await takeEvidence(of: job.attempt)
            // A start that came to nothing is asked for again; one that did not starts nothing twice.
            if job.machine.step == .submitting { perform(job.machine.resumption, for: job.id) }
        }
        try await takeUpInterrupted()
        wake()
    }

    private func takeUpInterrupted() async throws {
        for id in interrupted.withLock({ $0 }) {
            let job = try await ports.store.read { try $0.trainingJob(id) }
            _ = interrupted.withLock { $0.remove(id) }
            if let job { perform(job.machine.resumption, for: id) }
        }
    }

    private func takeEvidence(of attempt: AttemptID) async throws {
        if let taken = try await TakeEvidence(ports)(attempt) { follow(taken) }
    }

    /// Goes on with a job, a notebook or an instance of which records were taken.
    func follow(_ taken: TakeEvidence.Taken) {
        switch taken.actions {
        case .trainingJob(let job, let actions): perform(actions, for: job)
        case .notebook(let notebook, let actions): notebooks?.perform(actions, for: notebook)
        case .instance(let instance, let actions): services?.follow(instance, actions)
        }
        if taken.freesResources { wake() }
    }

    private func carryOut(_ actions: [TrainingJobMachine.Action], for id: TrainingJobID) async throws {
        do {
            for action in actions { try await carryOut(action, for: id) }
        } catch {
            _ = interrupted.withLock { $0.insert(id) }
            throw error
        }
    }

    private func carryOut(_ action: TrainingJobMachine.Action, for id: TrainingJobID) async throws {
        guard let job = try await ports.store.read({ try $0.trainingJob(id) }) else { return }
        let event = await TrainingJobAct(ports).perform(action, for: job)
        guard let event else { return }
        let applied = try await ApplyTrainingJobEvent(ports)(event, to: id)
        perform(applied.actions, for: id)
        if applied.freesResources { wake() }
    }
}
