import Kernel
import Synchronization
import Workloads

/// Drives every service: starts and stops its instances, sees that they answer, and tells the gateway who does.
///
/// It keeps nothing in memory that it could not find again: after a crash `run` goes on from what is in the store, and
/// every act it repeats is idempotent. One service is worked at by one task at a time.
public final class ServiceSupervisor: Sendable {
    private let ports: Ports
    private let routes: ServiceRoutes
    private let queue: AsyncStream<Work>
    private let feed: AsyncStream<Work>.Continuation
    private let state = Mutex(State())
    private let events: TakeEvents
    private let scaler: ServiceScaler

    private enum Work: Sendable {
        case service(ServiceID)
        case await(ServiceInstance)
        case drain(ServiceInstance)
        case batch(ServiceID)
        case look(ServiceInstance)
    }

    private struct State {
        /// Services that are worked at, and whether they are to be looked at once more.
        var busy: [ServiceID: Bool] = [:]
        /// Acts that wait for their service's turn.
        var acts: [ServiceID: [(ServiceInstance, InstanceMachine.Action)]] = [:]
        /// Instances that are waited for, until they are ready or are drained.
        var awaited: Set<AttemptID> = []
        /// Instances that are being looked at.
        var looked: Set<AttemptID> = []
        /// Batches that are being gone through.
        var batches: Set<ServiceID> = []
        /// Looks in a row at which an instance did not say that it is ready.
        var misses: [AttemptID: Int] = [:]
        /// Processor time that instances had used at the last look, and when that was.
        var used: [AttemptID: (use: AttemptUse, at: Instant)] = [:]
        /// Failures in a row of a service's instances, and until when it starts no other.
        var pauses: [ServiceID: (failures: Int, until: Instant)] = [:]
    }

    /// Milliseconds between two looks whether an instance is ready, or has answered its last call.
    private static let pollMilliseconds: Int64 = 15
    /// Every so many sweeps the shims of instances are looked at: a lost one gives no hint.
    private static let sweepsBetweenProofs = 10
    /// Every so many sweeps it is looked what instances use.
    private static let sweepsBetweenUses = 15
    /// Every so many sweeps minutes that are old are forgotten.
    private static let sweepsBetweenForgetting = 3_600
    /// Looks in a row at which an instance may say that it is not ready before it is replaced.
    private static let patience = 3
    /// Milliseconds without a look in time for which an answered call shows that an instance is well.
    private static let busyMilliseconds: Int64 = 10_000
    /// Seconds that a service waits at most before it starts another instance.
    private static let greatestPause: Int64 = 60

    public init(_ ports: Ports, routes: ServiceRoutes) {
        self.ports = ports
        self.routes = routes
        events = TakeEvents(ports)
        scaler = ServiceScaler(ports, routes: routes)
        (queue, feed) = AsyncStream.makeStream()
        routes.setWaker { [weak self] id in try await self?.rouse(id) }
    }

    /// Starts an instance of a service that sleeps.
    private func rouse(_ id: ServiceID) async throws {
        if try await scaler.rouse(id) { wake(id) }
    }

    /// Has a service looked at.
    func wake(_ id: ServiceID) {
        let isNew = state.withLock { state in
            if state.busy[id] != nil {
                state.busy[id] = true
                return false
            }
            state.busy[id] = false
            return true
        }
        if isNew { feed.yield(.service(id)) }
    }

    /// Asks for an instance's actions to be carried out, and has its service looked at.
    func perform(_ actions: [InstanceMachine.Action], for instance: ServiceInstance) {
        for action in actions {
            switch action {
            case .await, .drain:
                let isNew = state.withLock { $0.awaited.insert(instance.attempt).inserted }
                if isNew { feed.yield(action == .await ? .await(instance) : .drain(instance)) }
            case .submit, .stop, .finish:
                state.withLock { $0.acts[instance.service, default: []].append((instance, action)) }
            }
        }
        wake(instance.service)
    }

    /// Works until its task is cancelled. Running instances go on without it.
    public func run() async throws {
        try await resume()
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.sweepNowAndThen() }
                group.addTask { await self.workThrough() }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            await CountCalls(ports, events: events)(routes.all)
            throw error
        }
    }

    /// Tells the gateway at once what answers, then takes everything up where the last run of the server left it.
    private func resume() async throws {
        let states = try await ports.store.read { transaction in
            try transaction.services(in: nil).map(transaction.state)
        }
        states.forEach(publish)
        for state in states {
            for instance in state.instances { perform(instance.machine.resumption, for: instance) }
            wake(state.service.id)
        }
    }

    private func publish(_ state: ServiceState) {
        // Nobody calls a batch.
        guard state.service.definition.batch == nil else { return }
        routes.publish(state) { .socket(path: self.ports.sockets.socketPath(of: $0.attempt)) }
    }

    private func workThrough() async {
        await withDiscardingTaskGroup { group in
            for await work in queue {
                group.addTask {
                    switch work {
                    case .service(let id): await self.attend(to: id)
                    case .await(let instance): await self.note { try await self.awaitReadiness(of: instance) }
                    case .drain(let instance): await self.note { try await self.drain(instance) }
                    case .batch(let id): await self.goThrough(id)
                    case .look(let instance): await self.note { try await self.look(at: instance) }
                    }
                }
            }
        }
    }

    private func note(_ act: @Sendable () async throws -> Void) async {
        do {
            try await act()
        } catch {
            ports.journal.note(.error, "An act of a service could not be done.", ["error": "\(error)"])
        }
    }

    // MARK: - One service

    private func attend(to id: ServiceID) async {
        repeat {
            state.withLock { $0.busy[id] = false }
            await note { try await self.bringNearer(id) }
        } while state.withLock { state in
            guard state.busy[id] == true || state.acts[id] != nil else {
                state.busy[id] = nil
                return false
            }
            return true
        }
    }

    private func bringNearer(_ id: ServiceID) async throws {
        for (instance, action) in state.withLock({ $0.acts.removeValue(forKey: id) ?? [] }) {
            await note { try await self.carryOut(action, for: instance) }
        }
        guard let outcome = try await ReconcileService(ports)(id, mayStart: mayStart(id)) else { return }
        publish(outcome.state)
        for attempt in outcome.forgotten { try await clear(attempt) }
        for (instance, actions) in outcome.actions { perform(actions, for: instance) }
        beginBatch(of: outcome.state)
        if outcome.state.service.wish == .deleted, outcome.state.live.isEmpty { try await remove(outcome.state) }
    }

    /// Begins to go through a batch once one of its instances is ready.
    private func beginBatch(of service: ServiceState) {
        let isReady = service.instances.contains { $0.machine.step == .ready }
        guard service.service.definition.batch != nil, service.service.wish == .running, isReady else { return }
        let isNew = state.withLock { $0.batches.insert(service.service.id).inserted }
        if isNew { feed.yield(.batch(service.service.id)) }
    }

    private func goThrough(_ id: ServiceID) async {
        do {
            try await RunBatch(ports, counter: CountCalls(ports, events: events))(id)
            wake(id)
        } catch {
            // The next sweep takes it up again behind what is done; at once, a lasting trouble would never rest.
            ports.journal.note(.warning, "A batch was broken off.", ["service": id.text, "error": "\(error)"])
        }
        _ = state.withLock { $0.batches.remove(id) }
    }

    private func carryOut(_ action: InstanceMachine.Action, for asked: ServiceInstance) async throws {
        guard let now = try await ports.store.read({ try $0.instance(attempt: asked.attempt) }),
            now.machine.resumption.contains(action)
        else { return }
        if let event = try await InstanceAct(ports).perform(action, for: now) { try await apply(event, to: now) }
    }

    private func apply(_ event: InstanceMachine.Event, to instance: ServiceInstance) async throws {
        guard let applied = try await ApplyInstanceEvent(ports)(event, to: instance.attempt) else { return }
        follow(applied.instance, applied.actions)
    }

    /// Goes on with an instance whose machine has moved.
    func follow(_ instance: ServiceInstance, _ actions: [InstanceMachine.Action]) {
        if instance.machine.step == .ready { state.withLock { $0.pauses[instance.service] = nil } }
        if instance.hasFailed { pause(instance.service) }
        perform(actions, for: instance)
    }

    private func remove(_ service: ServiceState) async throws {
        for instance in service.instances { try await clear(instance.attempt) }
        if let route = routes.route(service.service.id) { await CountCalls(ports, events: events)([route]) }
        try await ports.store.write { try $0.delete(service.service.id) }
        routes.forget(service.service.id)
    }

    /// Takes away what an ended instance has left; whoever forgets one may come before its own last act.
    private func clear(_ attempt: AttemptID) async throws {
        try await ports.sockets.removeFolder(of: attempt)
        try await ports.executor.release(attempt)
    }

    /// The first failure is followed by another try at once; then the pauses double.
    private func pause(_ id: ServiceID) {
        let now = ports.hostClock.now()
        state.withLock { state in
            let failures = (state.pauses[id]?.failures ?? 0) + 1
            let seconds = failures < 2 ? 0 : min(Self.greatestPause, 1 << Int64(min(failures - 2, 10)))
            state.pauses[id] = (failures, now.advanced(milliseconds: seconds * 1_000))
        }
    }

    private func mayStart(_ id: ServiceID) -> Bool {
        let now = ports.hostClock.now()
        return state.withLock { $0.pauses[id].map { $0.until <= now } ?? true }
    }

    // MARK: - Waiting

    /// Looks until an instance says that it is ready, its time is over, or it is not starting any more.
    private func awaitReadiness(of instance: ServiceInstance) async throws {
        defer { _ = state.withLock { $0.awaited.remove(instance.attempt) } }
        let health = try await health(of: instance)
        let limit = ports.hostClock.now().advanced(milliseconds: instance.startSeconds * 1_000)
        var looks = 0
        while !Task.isCancelled {
            let now = await ports.sockets.state(
                of: instance.attempt, path: health.path, seconds: health.timeoutSeconds)
            if now == .ready { return try await apply(.ready, to: instance) }
            looks += 1
            if looks.isMultiple(of: 50), try await step(of: instance) != .starting { return }
            if ports.hostClock.now() > limit {
                let words = await LastWords(ports.executor)(of: instance.attempt)
                let message = "it was not ready within \(instance.startSeconds) s"
                return try await apply(.sick(words.isEmpty ? message : "\(message): \(words)"), to: instance)
            }
            try await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
    }

    /// Waits until an instance has answered the calls it has, or the time for it is over.
    private func drain(_ instance: ServiceInstance) async throws {
        defer { _ = state.withLock { $0.awaited.remove(instance.attempt) } }
        let limit = ports.hostClock.now().advanced(milliseconds: Limits.drainSeconds * 1_000)
        while !Task.isCancelled, ports.hostClock.now() < limit,
            let route = routes.route(instance.service), route.open(at: instance.attempt) > 0
        {
            try await Task.sleep(for: .milliseconds(Self.pollMilliseconds))
        }
        if !Task.isCancelled { try await apply(.drained, to: instance) }
    }

    private func step(of instance: ServiceInstance) async throws -> InstanceMachine.Step? {
        try await ports.store.read { try $0.instance(attempt: instance.attempt)?.machine.step }
    }

    private func health(of instance: ServiceInstance) async throws -> ModelConfig.Health {
        let model = try await ports.store.read { try $0.model(ModelID(instance.run.model)) }
        return ServiceContract.health(of: model?.config ?? ModelConfig())
    }

    // MARK: - Looking

    private func sweepNowAndThen() async throws {
        var count = 0
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(ports.settings.sweepMilliseconds))
            count += 1
            let provesRunning = count.isMultiple(of: Self.sweepsBetweenProofs)
            await note { try await self.sweep(provesRunning: provesRunning) }
            if count.isMultiple(of: Self.sweepsBetweenUses) { await note { try await self.noteUses() } }
            if count % Self.sweepsBetweenForgetting == 1 { await note { try await self.forgetMinutes() } }
        }
    }

    /// Counts calls, looks whether instances are well, and takes up what has stopped moving.
    private func sweep(provesRunning: Bool) async throws {
        await CountCalls(ports, events: events)(routes.all)
        let instances = try await ports.store.read { try $0.instances(inSteps: InstanceMachine.Step.allCases) }
        for instance in instances {
            if instance.isWithExecutor, provesRunning || instance.machine.step != .ready {
                try await takeEvidence(of: instance)
            }
            let actions = instance.machine.step == .ended ? [] : instance.machine.resumption
            if !actions.isEmpty { perform(actions, for: instance) }
        }
        let ready = instances.filter { $0.machine.step == .ready }
        state.withLock { state in
            let present = Set(ready.map(\.attempt))
            state.misses = state.misses.filter { present.contains($0.key) }
            state.used = state.used.filter { present.contains($0.key) }
        }
        // A look may take its time; nothing waits for it.
        for instance in ready where state.withLock({ $0.looked.insert(instance.attempt).inserted }) {
            feed.yield(.look(instance))
        }
        let own = Dictionary(grouping: instances, by: \.service)
        let now = ports.clock.now()
        for service in try await ports.store.read({ try $0.services(in: nil) }) {
            let status = ServiceState(service: service, instances: own[service.id] ?? []).status
            if try await scaler.scale(service) { wake(service.id) }
            let isDue = service.stopAt.map { $0 <= now } ?? false
            let isBatch = service.definition.batch != nil && status == .running
            if isDue || isBatch || ![.running, .stopped, .failed, .finished].contains(status) { wake(service.id) }
        }
    }

    /// Notes what the instances of each model use.
    private func noteUses() async throws {
        let ready = try await ports.store.read { try $0.instances(inSteps: [.ready]) }
        let now = ports.hostClock.now()
        var sums: [ServiceID: [ModelID: CallMinute]] = [:]
        for instance in ready {
            guard let use = try await ports.executor.use(of: instance.attempt) else { continue }
            let last = state.withLock { $0.used.updateValue((use, now), forKey: instance.attempt) }
            let milliseconds = last.map { now.milliseconds - $0.at.milliseconds } ?? 0
            let spent = last.map { use.cpuMilliseconds - $0.use.cpuMilliseconds } ?? 0
            var sum = sums[instance.service]?[ModelID(instance.run.model)] ?? CallMinute()
            if milliseconds > 0 {
                let millicores = max(0, spent) * 1_000 / milliseconds
                scaler.note(
                    cpu: millicores * 100_000 / max(1, instance.demand.cpuMillicores), of: instance,
                    isFirst: sum.cpuMillicores == nil)
                sum.cpuMillicores = (sum.cpuMillicores ?? 0) + millicores
            }
            sum.memoryBytes = (sum.memoryBytes ?? 0) + use.memoryBytes
            sums[instance.service, default: [:]][ModelID(instance.run.model)] = sum
        }
        for (service, models) in sums { routes.route(service)?.note(models) }
    }

    /// Minutes are kept for a month.
    private func forgetMinutes() async throws {
        let ports = self.ports
        let oldest = ports.clock.now().second - Limits.callMinuteSeconds
        try await ports.store.write { try $0.deleteCallMinutes(before: oldest) }
    }

    private func takeEvidence(of instance: ServiceInstance) async throws {
        guard let taken = try await TakeEvidence(ports)(instance.attempt),
            case .instance(let instance, let actions) = taken.actions
        else { return }
        follow(instance, actions)
    }

    private func look(at instance: ServiceInstance) async throws {
        defer { _ = state.withLock { $0.looked.remove(instance.attempt) } }
        let health = try await health(of: instance)
        let isWell: Bool
        switch await ports.sockets.state(of: instance.attempt, path: health.path, seconds: health.timeoutSeconds) {
        case .ready: isWell = true
        case .silent, .refused: isWell = false
        // One that is busy answers no look in time; whose calls are answered is well all the same.
        case .connected:
            isWell =
                routes.route(instance.service)?.hasAnswered(
                    at: instance.attempt, withinMilliseconds: Self.busyMilliseconds) ?? false
        case .unknown: return
        }
        let misses = state.withLock { state in
            let misses = isWell ? 0 : (state.misses[instance.attempt] ?? 0) + 1
            state.misses[instance.attempt] = misses == 0 ? nil : misses
            return misses
        }
        if misses >= Self.patience {
            try await apply(.sick("it did not say that it is ready at \(misses) looks in a row"), to: instance)
        }
    }

}
