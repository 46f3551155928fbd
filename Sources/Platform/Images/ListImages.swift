public import Identity
import Kernel

/// Lists the images of a project: the installation's runtimes for notebooks, and what was saved.
public struct ListImages: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// What notebooks can run, and what is being saved or could not be, by name.
    public func callAsFunction(in project: Project, caller: Caller) async throws -> [ListedImage] {
        try caller.require(.read, in: Scope(project))
        let ports = self.ports
        return try await ports.store.read { transaction in
            let offered = try transaction.offeredImages(in: project.id, ports: ports)
            let runtimes = offered.images.filter { $0.saved == nil }.map { ListedImage.runtime($0) }
            return try runtimes + transaction.savedImages(in: project.id).map { ListedImage.saved($0) }
        }
    }
}

/// An image as lists show it.
public enum ListedImage: Sendable {
    case runtime(NotebookImage)
    case saved(SavedImage)

    public var id: String {
        switch self {
        case .runtime(let image): image.id
        case .saved(let image): image.id.text
        }
    }
}
