public import Identity
public import Kernel
public import Workloads

/// Starts a notebook that rests, with its files as it left them.
public struct StartNotebook: Sendable {
    private let ports: Ports
    private let supervisor: NotebookSupervisor

    public init(_ ports: Ports, supervisor: NotebookSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The notebook as it stands then: on its way, or `START_FAILED` with the reason where there is no room just now.
    ///
    /// - Parameter lease: the lease of this run; nil keeps the last one's kind and duration.
    public func callAsFunction(
        _ id: NotebookID, lease: NotebookDefinition.LeaseWish?, in project: Project, caller: Caller
    ) async throws -> Notebook {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let asked = try await ports.store.read { try $0.requiredNotebook(id, in: project.id) }
        try Self.check(asked)
        let offer = try await NotebookOffer(
            flavor: asked.definition.flavor, image: asked.definition.image, pool: asked.pool, project: project,
            ports: ports)
        let (notebook, volume) = try await ports.store.write { transaction in
            var notebook = try transaction.requiredNotebook(id, in: project.id)
            try Self.check(notebook)
            notebook.lease = notebook.lease.begun(
                at: ports.clock.now(), kind: lease?.kind, duration: lease?.duration)
            let volume = try transaction.begin(&notebook, on: offer, in: project, caller: caller, ports: ports)
            try transaction.update(notebook)
            return (notebook, volume)
        }
        supervisor.go(on: notebook, volume)
        return notebook
    }

    private static func check(_ notebook: Notebook) throws(Fault) {
        guard notebook.machine.canStart else {
            throw Fault(
                .conflict, "The notebook is \(notebook.machine.status.rawValue); it can be started once it is STOPPED.")
        }
    }
}
