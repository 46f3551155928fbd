import Kernel
import Workloads

extension StoreTransaction {
    /// Moves a notebook's machine, with everything that follows from it in the books, and stores the notebook.
    func apply(
        _ event: NotebookMachine.Event, to notebook: inout Notebook, ports: Ports
    ) throws -> [NotebookMachine.Action] {
        let now = ports.clock.now()
        let before = notebook.machine
        let actions = notebook.machine.handle(event)
        guard notebook.machine != before else { return actions }
        notebook.updatedAt = now
        if before.step != .running, before.step != .snapshotting, notebook.isRunning {
            // Its user has the whole lease, and pays from the second its shim stamped.
            notebook.lease = notebook.lease.begun(at: now)
            try openStretch(of: notebook, now: now)
        }
        if !notebook.holdsPlace { try settleHold(of: &notebook, ports: ports) }
        try update(notebook)
        return actions
    }
}

/// Applies one event to a notebook in one transaction.
struct ApplyNotebookEvent: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// The notebook then, and what is to be done for it; nil where it has begun another run meanwhile.
    func callAsFunction(
        _ event: NotebookMachine.Event, to id: NotebookID, attempt: AttemptID
    ) async throws -> (notebook: Notebook, actions: [NotebookMachine.Action])? {
        let ports = self.ports
        return try await ports.store.write { transaction in
            guard var notebook = try transaction.notebook(id), notebook.attempt == attempt else { return nil }
            let actions = try transaction.apply(event, to: &notebook, ports: ports)
            return (notebook, actions)
        }
    }
}
