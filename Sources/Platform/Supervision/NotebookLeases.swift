import Kernel
import Synchronization
import Workloads

/// Watches when running notebooks were used last, and says which of them are to be stopped.
///
/// A notebook is looked at only when it could be over: what was active until a moment cannot have been idle for an hour
/// before an hour has passed. So fifty notebooks cost a look each in the time of their lease, and no more.
final class NotebookLeases: Sendable {
    private let ports: Ports
    private let watches = Mutex<[NotebookID: Watch]>([:])

    /// Milliseconds after which a server that did not answer is asked again.
    private static let patience: Int64 = 10_000

    private struct Watch {
        let attempt: AttemptID
        var use: NotebookUse
        /// By the machine's clock.
        var notBefore: Instant?
    }

    init(_ ports: Ports) { self.ports = ports }

    /// Why a running notebook is to be stopped now; nil where it is not.
    func reasonToStop(_ notebook: Notebook) async -> String? {
        let lease = notebook.lease
        let now = ports.clock.now()
        guard lease.kind == .idle else { return lease.end(lastActive: nil) <= now ? lease.endWords : nil }
        let watch = watch(of: notebook)
        guard lease.end(lastActive: watch.use.lastActive) <= now else { return nil }
        if let notBefore = watch.notBefore, ports.hostClock.now() < notBefore { return nil }
        // What does not answer is not known to be idle.
        guard let use = await look(at: notebook) else { return nil }
        return lease.end(lastActive: use.lastActive) <= ports.clock.now() ? lease.endWords : nil
    }

    /// Asks a notebook's server of its use now; nil where it does not answer.
    @discardableResult
    func look(at notebook: Notebook) async -> NotebookUse? {
        _ = watch(of: notebook)
        do {
            let activity = try await ports.notebooks.servers.activity(
                of: notebook.attempt, basePath: NotebookContract.basePath(of: notebook.id.text))
            let input = ports.notebooks.input.lastInput(to: notebook.id)
            let (now, machineNow) = (ports.clock.now(), ports.hostClock.now())
            return watches.withLock { watches in
                watches[notebook.id]?.use.take(activity, lastInput: input, now: now, machineNow: machineNow)
                watches[notebook.id]?.notBefore = nil
                return watches[notebook.id]?.use
            }
        } catch {
            let next = ports.hostClock.now().advanced(milliseconds: Self.patience)
            watches.withLock { $0[notebook.id]?.notBefore = next }
            ports.journal.note(
                .warning, "A notebook does not say whether it is used.",
                ["notebook": notebook.id.text, "error": "\(error)"])
            return nil
        }
    }

    /// Forgets notebooks that do not run any more.
    func keep(only running: Set<NotebookID>) {
        watches.withLock { watches in watches = watches.filter { running.contains($0.key) } }
    }

    private func watch(of notebook: Notebook) -> Watch {
        watches.withLock { watches in
            if let watch = watches[notebook.id], watch.attempt == notebook.attempt { return watch }
            let watch = Watch(attempt: notebook.attempt, use: NotebookUse(begunAt: notebook.lease.begunAt))
            watches[notebook.id] = watch
            return watch
        }
    }
}
