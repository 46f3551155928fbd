import Glibc
import Kernel
public import Platform

/// Notebooks' files in plain folders, `DATA/notebooks/<id>`: no capacity is enforced.
public struct FolderNotebookStorage: NotebookStorage {
    private let folder: String

    public init(dataFolder: String) { folder = dataFolder + "/notebooks" }

    public func prepare(_ notebook: Notebook) async throws -> (volume: String, hostPath: String) {
        let path = self.path(of: notebook)
        for path in [folder, path] where mkdir(path, 0o700) != 0 && errno != EEXIST {
            throw Fault(
                errno == ENOSPC ? .storageFull : .unavailable,
                "The folder \(path) cannot be made: \(String(cString: strerror(errno))).")
        }
        return (notebook.id.text, path)
    }

    public func release(_ notebook: Notebook) async throws {}
    public func grow(_ notebook: Notebook, toGigabytes gigabytes: Int64) async throws {}

    public func remove(_ notebook: Notebook) async throws {
        guard FolderRemoval.remove(path(of: notebook)) else {
            throw Fault(.unavailable, "The folder \(path(of: notebook)) cannot be removed.")
        }
    }

    private func path(of notebook: Notebook) -> String { folder + "/" + notebook.id.text }
}
