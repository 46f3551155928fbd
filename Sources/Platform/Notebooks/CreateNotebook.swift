public import Identity
import Kernel
import Ledger
import Pricing
public import Workloads

/// Takes a notebook and starts it: answers at once, and the supervisor does the rest.
public struct CreateNotebook: Sendable {
    private let ports: Ports
    private let supervisor: NotebookSupervisor

    public init(_ ports: Ports, supervisor: NotebookSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The notebook as taken: on its way, or `CREATE_FAILED` with the reason where the pool has no room just now.
    ///
    /// - Throws: every fault of the definition that the installation can see; `insufficientBalance` where balance and
    ///   credit do not cover the first hour; nothing is left behind.
    public func callAsFunction(
        _ definition: NotebookDefinition, in project: Project, caller: Caller
    ) async throws -> Notebook {
        try caller.require(.write, in: Scope(project))
        let offer = try await NotebookOffer(
            flavor: definition.flavor, image: definition.image, pool: definition.pool, project: project, ports: ports)
        var definition = definition
        definition.image = offer.engine.id
        let (notebook, volume) = try await ports.store.write { [definition, ports] transaction in
            guard try transaction.notebookCount(in: project.id) < Limits.notebooks else {
                throw Fault(
                    .quotaExceeded, "The project has \(Limits.notebooks) notebooks; delete some that nobody needs.")
            }
            let now = ports.clock.now()
            var notebook = Notebook(
                id: ports.identifiers.uuid(), account: project.account, project: project.id, user: caller.user,
                userName: try transaction.user(caller.user)?.name ?? caller.user.text, definition: definition,
                createdAt: now, updatedAt: now, token: ports.secrets.makeToken().text,
                lease: NotebookLease(
                    kind: definition.lease.kind, duration: definition.lease.duration, begunAt: now),
                attempt: ports.identifiers.uuid(), demand: Demand(offer.flavor, nodes: 1))
            let volume = try transaction.begin(&notebook, on: offer, in: project, caller: caller, ports: ports)
            try transaction.insert(notebook)
            return (notebook, volume)
        }
        supervisor.go(on: notebook, volume)
        return notebook
    }
}
