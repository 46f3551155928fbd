public import Identity
public import Kernel
import Workloads

/// Stops a notebook, or deletes it with its volume; one that runs is stopped first. Its bill stays.
public struct EndNotebook: Sendable {
    private let ports: Ports
    private let supervisor: NotebookSupervisor

    public init(_ ports: Ports, supervisor: NotebookSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// What is wanted of it.
    public enum End: Hashable, Sendable {
        /// Its kernels end, its files stay. A start that is under way is called off.
        case stop
        case delete
    }

    /// The notebook as it stands then.
    ///
    /// - Throws: `conflict` where its status does not allow it.
    public func callAsFunction(
        _ id: NotebookID, by end: End, in project: Project, caller: Caller
    ) async throws -> Notebook {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let (notebook, actions) = try await ports.store.write { transaction in
            var notebook = try transaction.requiredNotebook(id, in: project.id)
            try end.check(notebook.machine)
            let actions = try transaction.apply(end.event, to: &notebook, ports: ports)
            return (notebook, actions)
        }
        supervisor.perform(actions, for: notebook)
        return notebook
    }
}

extension EndNotebook.End {
    fileprivate var event: NotebookMachine.Event {
        switch self {
        case .stop: .stopRequested("")
        case .delete: .deleteRequested
        }
    }

    fileprivate func check(_ machine: NotebookMachine) throws(Fault) {
        let status = machine.status.rawValue
        switch self {
        case .stop where !machine.canStop:
            throw Fault(.conflict, "The notebook is \(status); only one that runs can be stopped.")
        case .delete where !machine.canDelete:
            throw Fault(.conflict, "The notebook is \(status); stop it first, or wait until it is RUNNING.")
        case .stop, .delete: return
        }
    }
}
