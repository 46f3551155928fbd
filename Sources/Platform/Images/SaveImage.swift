public import Identity
public import Kernel
public import Workloads

/// Saves what a running notebook has installed as an image: answers at once, and the supervisor does the rest.
public struct SaveImage: Sendable {
    private let ports: Ports
    private let supervisor: NotebookSupervisor

    public init(_ ports: Ports, supervisor: NotebookSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The image as taken; the notebook is `SNAPSHOTTING` until it is there.
    ///
    /// - Throws: `conflict` where the notebook does not run, `duplicateName` where the project has such an image.
    public func callAsFunction(
        _ definition: ImageDefinition, from id: NotebookID, in project: Project, caller: Caller
    ) async throws -> SavedImage {
        try caller.require(.write, in: Scope(project))
        guard definition.namespace != Engine.ownNamespace else {
            throw Fault(
                .invalidParameter, "\(Engine.ownNamespace) is the organization of the installation's own runtimes.",
                field: "namespace")
        }
        let ports = self.ports
        let (image, notebook) = try await ports.store.write { transaction in
            var notebook = try transaction.requiredNotebook(id, in: project.id)
            let status = notebook.machine.status.rawValue
            guard notebook.isRunning else {
                throw Fault(.conflict, "The notebook is \(status); its environment can be saved while it is RUNNING.")
            }
            let engine = try transaction.offeredImages(in: project.id, ports: ports)
                .image(notebook.definition.image)
            try transaction.makeRoom(for: definition, in: project)
            let now = ports.clock.now()
            let image = SavedImage(
                id: ports.identifiers.uuid(), account: project.account, project: project.id, user: caller.user,
                definition: definition, runtime: engine.saved?.runtime ?? engine.engine.id, notebook: id,
                layers: engine.engine.layers.count + 1, createdAt: now, updatedAt: now)
            try transaction.insert(image)
            _ = try transaction.apply(.snapshotRequested, to: &notebook, ports: ports)
            return (image, notebook)
        }
        supervisor.perform([.snapshot], for: notebook)
        return image
    }
}

extension StoreTransaction {
    /// Sees that an image may be made; one of the same names that could not be saved makes way.
    fileprivate func makeRoom(for definition: ImageDefinition, in project: Project) throws {
        let images = try savedImages(in: project.id)
        if let same = images.first(where: { $0.definition.path == definition.path }) {
            guard same.state == .failed else {
                throw Fault(
                    .duplicateName, "The project has an image \(definition.path) already; choose another tag.",
                    field: "tag")
            }
            try delete(same.id)
        }
        guard images.count < Limits.savedImages else {
            throw Fault(.quotaExceeded, "The project has \(Limits.savedImages) images; delete some that nobody needs.")
        }
    }
}
