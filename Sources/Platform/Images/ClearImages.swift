import Kernel
import Workloads

/// Clears up after a server that went down while images were saved or deleted.
struct ClearImages: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    func callAsFunction() async throws {
        let ports = self.ports
        let images = try await ports.store.write { transaction in
            try transaction.savedImages(in: nil).map { image in
                let isSaving = try transaction.notebook(image.notebook)?.machine.step == .snapshotting
                guard image.state == .creating, !isSaving else { return image.id }
                var image = image
                (image.state, image.message) = (.failed, "the notebook ended meanwhile")
                image.updatedAt = ports.clock.now()
                try transaction.update(image)
                return image.id
            }
        }
        do {
            try await ports.notebooks.images.keep(only: Set(images))
        } catch {
            ports.journal.note(.warning, "What is left of images could not be removed.", ["error": "\(error)"])
        }
    }
}
