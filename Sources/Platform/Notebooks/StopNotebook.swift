public import Identity
public import Kernel
import Workloads

/// Stops a notebook: its kernels end, its files stay. A start that is under way is called off.
public struct StopNotebook: Sendable {
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
            guard notebook.machine.canStop else {
                throw Fault(
                    .conflict,
                    "The notebook is \(notebook.machine.status.rawValue); only one that runs can be stopped.")
            }
            let actions = try transaction.apply(.stopRequested(""), to: &notebook, ports: ports)
            return (notebook, actions)
        }
        supervisor.perform(actions, for: notebook)
        return notebook
    }
}
