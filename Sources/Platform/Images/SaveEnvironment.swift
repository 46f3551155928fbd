import Kernel
import Workloads

/// Copies what a notebook has installed into the image that waits for it; may be repeated.
struct SaveEnvironment: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// Why it could not be saved; empty where it was.
    func callAsFunction(of notebook: Notebook) async throws -> String {
        let waiting = try await ports.store.read { transaction in
            try transaction.savedImages(in: notebook.project)
                .first { $0.notebook == notebook.id && $0.state == .creating }
        }
        guard var image = waiting else { return "" }
        do {
            image.bytes = try await copy(notebook, into: image.id)
            image.state = .active
        } catch {
            image.state = .failed
            image.message = (error as? Fault)?.message ?? "\(error)"
            ports.journal.note(
                .warning, "An image could not be saved.", ["image": image.id.text, "error": "\(error)"])
        }
        image.updatedAt = ports.clock.now()
        try await ports.store.write { [image] in try $0.update(image) }
        return image.message.isEmpty ? "" : "its environment could not be saved: \(image.message)"
    }

    private func copy(_ notebook: Notebook, into image: ImageID) async throws -> Int64 {
        guard let id = notebook.volume else { throw Fault(.internalFault, "The notebook has no volume.") }
        let engine = try await ports.offeredImages(in: notebook.project).image(notebook.definition.image).engine
        return try await ports.notebooks.images.save(
            image, folder: NotebookContract.packagesFolder, of: try await ports.volumes.mount(id),
            over: engine.layers)
    }
}
