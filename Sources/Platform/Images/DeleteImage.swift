public import Identity
public import Kernel
import Workloads

/// Deletes an image that was saved, with its packages; images that were saved over it keep theirs.
public struct DeleteImage: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// The image as it was.
    ///
    /// - Throws: `conflict` where a notebook, or a job that has not ended, runs it.
    public func callAsFunction(_ id: ImageID, in project: Project, caller: Caller) async throws -> SavedImage {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let image = try await ports.store.write { transaction in
            guard let image = try transaction.savedImage(id), image.project == project.id else {
                if try transaction.offeredImages(in: project.id, ports: ports).images.contains(where: {
                    $0.id == id.text
                }) {
                    throw Fault(.forbidden, "The image is the installation's own and cannot be deleted.", field: "id")
                }
                throw Fault(.notFound, "There is no image \(id).", field: "id")
            }
            try transaction.requireUnused(image, ports: ports)
            try transaction.delete(id)
            return image
        }
        try await ports.notebooks.images.remove(id)
        return image
    }
}

extension StoreTransaction {
    fileprivate func requireUnused(_ image: SavedImage, ports: Ports) throws {
        guard image.state != .creating else {
            throw Fault(.conflict, "The image is being saved; it can be deleted once it is there.")
        }
        let notebooks = try self.notebooks(
            NotebookQuery(project: image.project, image: image.id.text, page: PageRequest(offset: 0, limit: 3)))
        let offered = try offeredImages(in: image.project, ports: ports)
        let jobs = try trainingJobs(inSteps: TrainingJobMachine.placedSteps + [.queued, .saving], limit: .max)
            .filter { job in
                job.project == image.project
                    && (try? offered.engine(job.definition.algorithm.engine))?.id == image.id.text
            }
        let users =
            notebooks.items.map { "notebook \($0.definition.name)" }
            + jobs.prefix(3).map { "job \($0.definition.name)" }
        guard users.isEmpty else {
            throw Fault(
                .conflict,
                "The image is used by \(users.joined(separator: ", ")); delete what uses it, or give it another image.")
        }
    }
}
