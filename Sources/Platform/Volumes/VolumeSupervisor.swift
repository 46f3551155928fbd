import Kernel
import Synchronization
import Workloads

/// Carries out what is to be done for volumes, and tells their machines what came of it.
///
/// It keeps nothing in memory that the store does not have: after a crash `run` finds every volume in its state and
/// does again what that asks for, and every act it repeats is idempotent.
public final class VolumeSupervisor: Sendable {
    private let ports: Ports
    private let acts: AsyncStream<Work>
    private let queue: AsyncStream<Work>.Continuation
    private let told: AsyncStream<Volume>
    private let teller: AsyncStream<Volume>.Continuation
    /// Volumes whose last act could not be recorded, as on a full disk; the next sweep takes them up again.
    private let interrupted = Mutex<Set<VolumeID>>([])

    /// Volumes whose actions may be carried out at the same time.
    private static let concurrency = 8
    /// Changes that wait for whoever follows them; older ones are dropped, since the store has them all.
    private static let waitingChanges = 1_000

    private struct Work: Sendable {
        let volume: VolumeID
        let actions: [VolumeMachine.Action]
    }

    public init(_ ports: Ports) {
        self.ports = ports
        (acts, queue) = AsyncStream.makeStream()
        (told, teller) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(Self.waitingChanges))
    }

    /// Does what a change asks for, soon; call it when the change's transaction is over.
    public func carryOut(_ change: VolumeChange) {
        if !change.actions.isEmpty { queue.yield(Work(volume: change.volume.id, actions: change.actions)) }
    }

    /// Every volume after an act on it, for one reader: whoever waits for a volume need not ask the store again and
    /// again. A hint only: after a crash, or when nobody reads, the store alone knows.
    public var changes: AsyncStream<Volume> { told }

    /// Works until its task is cancelled.
    public func run() async throws {
        try await resume()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.sweepNowAndThen() }
            group.addTask { await self.workThrough() }
            try await group.next()
            group.cancelAll()
        }
    }

    /// Takes up every volume where the last run of the server left it; those in use are mounted again.
    private func resume() async throws {
        let volumes = try await ports.store.read { transaction in
            try transaction.volumes(
                inStates: VolumeMachine.State.allCases.filter { $0 != .available && $0 != .deleted })
        }
        for volume in volumes { carryOut(VolumeChange(volume: volume, actions: volume.machine.resumption)) }
    }

    private func sweepNowAndThen() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(ports.settings.sweepMilliseconds))
            do {
                try await takeUpInterrupted()
            } catch {
                ports.journal.note(.error, "Volumes could not be taken up again.", ["error": "\(error)"])
            }
        }
    }

    private func takeUpInterrupted() async throws {
        for id in interrupted.withLock({ $0 }) {
            let volume = try await ports.store.read { try $0.volume(id) }
            _ = interrupted.withLock { $0.remove(id) }
            if let volume { carryOut(VolumeChange(volume: volume, actions: volume.machine.resumption)) }
        }
    }

    private func workThrough() async {
        await withTaskGroup(of: Void.self) { group in
            var busy = 0
            for await work in acts {
                if busy >= Self.concurrency {
                    await group.next()
                    busy -= 1
                }
                group.addTask { await self.attend(to: work) }
                busy += 1
            }
        }
    }

    private func attend(to work: Work) async {
        do {
            for action in work.actions { try await carryOut(action, for: work.volume) }
        } catch {
            _ = interrupted.withLock { $0.insert(work.volume) }
            ports.journal.note(
                .error, "A volume's act could not be recorded; it will be done again.",
                ["volume.id": work.volume.text, "error": "\(error)"])
        }
    }

    private func carryOut(_ action: VolumeMachine.Action, for id: VolumeID) async throws {
        let ports = self.ports
        guard let volume = try await ports.store.read({ try $0.volume(id) }) else { return }
        let event = await VolumeAct(ports).perform(action, for: volume)
        let change: VolumeChange? = try await ports.store.write { transaction in
            guard var volume = try transaction.volume(id) else { return nil }
            return try transaction.apply(event, to: &volume, ports: ports)
        }
        guard let change else { return }
        teller.yield(change.volume)
        carryOut(change)
    }
}
