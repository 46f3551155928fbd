import Kernel
import Synchronization
import Workloads

/// Drives every notebook: makes its volume ready, starts and stops it, waits until its server answers, and stops it
/// when its lease is over.
///
/// It keeps nothing in memory that it could not find again: after a crash `run` goes on from the steps in the store,
/// and every act it repeats is idempotent. The acts of one notebook are done one after the other.
public final class NotebookSupervisor: Sendable {
    private let ports: Ports
    private let volumes: VolumeSupervisor
    let leases: NotebookLeases
    private let queue: AsyncStream<NotebookID>
    private let feed: AsyncStream<NotebookID>.Continuation
    private let starts: AsyncStream<Notebook>
    private let startFeed: AsyncStream<Notebook>.Continuation
    private let state = Mutex(State())

    /// Notebooks whose acts may be carried out at the same time.
    private static let concurrency = 16
    /// Every so many sweeps the shims of running notebooks are looked at: a lost one gives no hint.
    private static let sweepsBetweenProofs = 10
    /// Milliseconds between two looks whether a server answers.
    private static let startPollMilliseconds: Int64 = 15

    private struct State {
        var waiting: [NotebookID: [(notebook: Notebook, action: NotebookMachine.Action)]] = [:]
        var busy: Set<NotebookID> = []
        /// Runs of which something could not be cleared away; it is tried again now and then.
        var uncleared: [Notebook] = []
        /// Runs whose server is waited for.
        var awaited: Set<AttemptID> = []
    }

    public init(_ ports: Ports, volumes: VolumeSupervisor) {
        self.ports = ports
        self.volumes = volumes
        leases = NotebookLeases(ports)
        (queue, feed) = AsyncStream.makeStream()
        (starts, startFeed) = AsyncStream.makeStream()
    }

    /// Asks for a notebook's actions to be carried out, after those that wait already.
    ///
    /// - Parameter notebook: as it stood when they were decided; what its run leaves is cleared away by its attempt.
    func perform(_ actions: [NotebookMachine.Action], for notebook: Notebook) {
        let acts = actions.filter { $0 != .awaitServer }
        let (isNew, isAwaited) = state.withLock { state in
            state.waiting[notebook.id, default: []] += acts.map { (notebook, $0) }
            let isNew = !acts.isEmpty && state.busy.insert(notebook.id).inserted
            return (
                isNew, actions.contains(.awaitServer) && state.awaited.insert(notebook.attempt).inserted
            )
        }
        if isNew { feed.yield(notebook.id) }
        if isAwaited { startFeed.yield(notebook) }
    }

    /// Goes on with a notebook as it stands after a transaction, and with its volume.
    func go(on notebook: Notebook?, _ volume: VolumeChange?) {
        if let volume { volumes.carryOut(volume) }
        if let notebook { perform(notebook.machine.resumption, for: notebook) }
    }

    /// Works until its task is cancelled. Running notebooks go on without it.
    public func run() async throws {
        try await resume()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.sweepNowAndThen() }
            group.addTask { await self.workThrough() }
            group.addTask { await self.awaitServers() }
            group.addTask { await self.followVolumes() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Clears away what runs have left that ended while the server was away.
    private func resume() async throws {
        let resting = try await ports.store.read { try $0.notebooks(inSteps: NotebookMachine.restingSteps) }
        for notebook in resting { perform([.finish], for: notebook) }
        try await ClearImages(ports)()
        try await sweep(provesRunning: true)
    }

    private func sweepNowAndThen() async throws {
        var count = 0
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(ports.settings.sweepMilliseconds))
            count += 1
            do {
                try await sweep(provesRunning: count.isMultiple(of: Self.sweepsBetweenProofs))
            } catch {
                ports.journal.note(.error, "Notebooks could not be looked at.", ["error": "\(error)"])
            }
        }
    }

    /// Takes up what has stopped moving, and stops what is over.
    private func sweep(provesRunning: Bool) async throws {
        let notebooks = try await ports.store.read { transaction in
            try transaction.notebooks(inSteps: NotebookMachine.actingSteps + [.running])
        }
        for notebook in notebooks {
            if notebook.isWithExecutor, provesRunning || !notebook.isRunning { try await takeEvidence(of: notebook) }
            if notebook.isRunning, let reason = await leases.reasonToStop(notebook) {
                try await apply(.stopRequested(reason), to: notebook)
            }
            if !isBusy(notebook.id) { perform(notebook.machine.resumption, for: notebook) }
        }
        leases.keep(only: Set(notebooks.filter(\.isRunning).map(\.id)))
        if provesRunning { clearAgain() }
    }

    private func clearAgain() {
        let uncleared = state.withLock { state in
            defer { state.uncleared = [] }
            return state.uncleared
        }
        for notebook in uncleared { perform([.finish], for: notebook) }
    }

    /// Goes on with notebooks that wait for their volumes.
    private func followVolumes() async {
        for await volume in volumes.changes {
            do {
                let notebook = try await ports.store.read { try $0.notebook(volume: volume.id) }
                if let notebook { perform(notebook.machine.resumption, for: notebook) }
            } catch {
                ports.journal.note(.error, "A volume's change could not be followed.", ["error": "\(error)"])
            }
        }
    }

    private func isBusy(_ id: NotebookID) -> Bool { state.withLock { $0.busy.contains(id) } }

    private func takeEvidence(of notebook: Notebook) async throws {
        guard let taken = try await TakeEvidence(ports)(notebook.attempt),
            case .notebook(let notebook, let actions) = taken.actions
        else { return }
        perform(actions, for: notebook)
    }

    private func workThrough() async {
        await withTaskGroup(of: Void.self) { group in
            var busy = 0
            for await id in queue {
                if busy >= Self.concurrency {
                    await group.next()
                    busy -= 1
                }
                group.addTask { await self.attend(to: id) }
                busy += 1
            }
        }
    }

    /// Does everything that waits for one notebook.
    private func attend(to id: NotebookID) async {
        while let (notebook, action) = next(for: id) {
            do {
                try await carryOut(action, for: notebook)
            } catch {
                // The next sweep takes it up again; what a resting notebook has to clear away, nothing else would.
                if action == .finish { state.withLock { $0.uncleared.append(notebook) } }
                ports.journal.note(
                    .error, "An act of a notebook could not be done.",
                    ["notebook": id.text, "act": action.rawValue, "error": "\(error)"])
            }
        }
    }

    private func next(for id: NotebookID) -> (Notebook, NotebookMachine.Action)? {
        state.withLock { state in
            guard let first = state.waiting[id]?.first else {
                state.waiting[id] = nil
                state.busy.remove(id)
                return nil
            }
            state.waiting[id]?.removeFirst()
            return first
        }
    }

    private func carryOut(_ action: NotebookMachine.Action, for asked: Notebook) async throws {
        guard let now = try await ports.store.read({ try $0.notebook(asked.id) }) else { return }
        // What a run left is cleared away even when the next has begun; everything else is for the present run.
        let isDue = now.attempt == asked.attempt && now.machine.resumption.contains(action)
        guard action == .finish || isDue else { return }
        let event = try await NotebookAct(ports, volumes: volumes).perform(action, for: action == .finish ? asked : now)
        if let event { try await apply(event, to: asked) }
    }

    private func apply(_ event: NotebookMachine.Event, to notebook: Notebook) async throws {
        let applied = try await ApplyNotebookEvent(ports)(event, to: notebook.id, attempt: notebook.attempt)
        if let applied { perform(applied.actions, for: applied.notebook) }
    }

    private func awaitServers() async {
        await withTaskGroup(of: Void.self) { group in
            for await notebook in starts {
                group.addTask {
                    do {
                        try await self.awaitServer(of: notebook)
                    } catch {
                        self.ports.journal.note(
                            .error, "A notebook's start could not be followed.", ["error": "\(error)"])
                    }
                    _ = self.state.withLock { $0.awaited.remove(notebook.attempt) }
                }
            }
        }
    }

    /// Looks until a run's server answers, its time is over, or it is not starting any more.
    private func awaitServer(of notebook: Notebook) async throws {
        let path = NotebookContract.basePath(of: notebook.id.text) + "api/status"
        let limit = ports.hostClock.now().advanced(milliseconds: Limits.notebookStartSeconds * 1_000)
        var seen = SocketState.silent
        var looks = 0
        while !Task.isCancelled {
            let state = await ports.notebooks.servers.state(
                of: notebook.attempt, path: path, seconds: Limits.healthSeconds)
            if state == .ready { return try await apply(.ready, to: notebook) }
            if state == .connected || state == .refused, seen == .silent {
                seen = .connected
                try await apply(.connected, to: notebook)
            }
            looks += 1
            if looks.isMultiple(of: 50), try await !isStarting(notebook) { return }
            if ports.hostClock.now() > limit {
                let words = await LastWords(ports.executor)(of: notebook.attempt)
                let message = "JupyterLab did not answer within \(Limits.notebookStartSeconds) s"
                return try await apply(.notReady(words.isEmpty ? message : "\(message): \(words)"), to: notebook)
            }
            try await Task.sleep(for: .milliseconds(Self.startPollMilliseconds))
        }
    }

    private func isStarting(_ notebook: Notebook) async throws -> Bool {
        let now = try await ports.store.read { try $0.notebook(notebook.id) }
        return now?.attempt == notebook.attempt && now.map { $0.machine.resumption.contains(.awaitServer) } ?? false
    }
}
