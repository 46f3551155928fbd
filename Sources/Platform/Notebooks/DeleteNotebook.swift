public import Identity
public import Kernel
import Workloads

/// Deletes a notebook with its volume; one that runs is stopped first. Its bill stays.
public struct DeleteNotebook: Sendable {
    private let ports: Ports
    private let supervisor: NotebookSupervisor

    public init(_ ports: Ports, supervisor: NotebookSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    public func callAsFunction(_ id: NotebookID, in project: Project, caller: Caller) async throws -> Notebook {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let (notebook, actions) = try await ports.store.write { transaction in
            var notebook = try transaction.requiredNotebook(id, in: project.id)
            guard notebook.machine.canDelete else {
                throw Fault(
                    .conflict,
                    "The notebook is \(notebook.machine.status.rawValue); stop it first, or wait until it is RUNNING.")
            }
            let actions = try transaction.apply(.deleteRequested, to: &notebook, ports: ports)
            return (notebook, actions)
        }
        supervisor.perform(actions, for: notebook)
        return notebook
    }
}
