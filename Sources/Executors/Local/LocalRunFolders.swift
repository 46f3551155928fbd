import Glibc
public import Kernel
public import Platform

/// The folders of attempts on this machine: `FOLDER/<attempt>/<name>`.
public struct LocalRunFolders: RunFolders {
    private let root: String

    /// Works in a folder, which is there.
    public init(path: String) { root = path }

    public func make(_ name: String, of attempt: AttemptID) async throws -> String {
        let path = self.path(name, of: attempt)
        let parent = root + "/" + attempt.text
        guard mkdir(parent, 0o700) == 0 || errno == EEXIST, FolderRemoval.remove(path), mkdir(path, 0o700) == 0 else {
            throw Fault(
                errno == ENOSPC ? .storageFull : .unavailable,
                "The folder \(path) cannot be made: \(String(cString: strerror(errno))).")
        }
        return path
    }

    public func path(_ name: String, of attempt: AttemptID) -> String { root + "/" + attempt.text + "/" + name }

    public func remove(_ attempt: AttemptID) async throws {
        guard FolderRemoval.remove(root + "/" + attempt.text) else {
            throw Fault(.unavailable, "The folders of attempt \(attempt) cannot be removed.")
        }
    }
}
