public import Identity
public import Kernel
public import Workloads

/// Shows and renews the lease of a notebook.
public struct NotebookLeaseDesk: Sendable {
    private let ports: Ports
    private let supervisor: NotebookSupervisor

    public init(_ ports: Ports, supervisor: NotebookSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// A lease, and what is left of it.
    public struct View: Sendable {
        public let notebook: Notebook
        /// When the notebook stops by itself; nil where it does not run.
        public let end: Instant?
        /// When it was used last, for a lease that counts idle time.
        public let lastActive: Instant?
        public let isBusy: Bool
        public let now: Instant
    }

    public func show(_ id: NotebookID, in project: Project, caller: Caller) async throws -> View {
        try caller.require(.read, in: Scope(project))
        let notebook = try await ports.store.read { try $0.requiredNotebook(id, in: project.id) }
        return await view(of: notebook)
    }

    /// Lets the lease count anew from now on, with another duration or kind where one is given.
    public func renew(
        _ id: NotebookID, kind: NotebookLease.Kind?, duration: Int64?, in project: Project, caller: Caller
    ) async throws -> View {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let notebook = try await ports.store.write { transaction in
            var notebook = try transaction.requiredNotebook(id, in: project.id)
            guard [.creating, .starting, .running].contains(notebook.machine.status) else {
                throw Fault(
                    .conflict,
                    "The notebook is \(notebook.machine.status.rawValue); the lease of one that runs can be renewed.")
            }
            let now = ports.clock.now()
            notebook.lease = notebook.lease.begun(at: now, kind: kind, duration: duration)
            notebook.updatedAt = now
            try transaction.update(notebook)
            return notebook
        }
        return await view(of: notebook)
    }

    private func view(of notebook: Notebook) async -> View {
        let use = notebook.lease.kind == .idle && notebook.isRunning ? await supervisor.leases.look(at: notebook) : nil
        return View(
            notebook: notebook, end: notebook.isRunning ? notebook.lease.end(lastActive: use?.lastActive) : nil,
            lastActive: use?.lastActive, isBusy: use?.isBusy ?? false, now: ports.clock.now())
    }
}
