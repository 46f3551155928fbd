public import Identity
public import Kernel
import Workloads

/// Shows notebooks of a project.
public struct ShowNotebook: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// The notebook, or `notFound` where the project has none of this id.
    public func callAsFunction(_ id: NotebookID, in project: Project, caller: Caller) async throws -> Notebook {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.requiredNotebook(id, in: project.id) }
    }

    /// A page of notebooks.
    public func search(_ query: NotebookQuery, in project: Project, caller: Caller) async throws -> Page<Notebook> {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.notebooks(query) }
    }
}
