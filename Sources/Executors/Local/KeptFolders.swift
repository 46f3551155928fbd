import Glibc
import Kernel

/// Folders below one, each of a thing that is known by an id: what belongs to nothing is removed.
struct KeptFolders: Sendable {
    let root: String
    /// What they are of, for errors.
    private let noun: String
    let queue: DiskQueue

    /// Works in a folder, which it makes.
    init(path: String, of noun: String) throws(Fault) {
        root = path
        self.noun = noun
        queue = DiskQueue(noun)
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw VolumeFolder.fault("The folder \(path) cannot be made")
        }
    }

    func path(_ name: String) -> String { root + "/" + name }

    /// Removes folders by name; those that are not there are no fault.
    func remove(_ names: String...) async throws {
        let this = self
        try await queue.perform {
            for name in names where !FolderRemoval.remove(this.path(name)) {
                throw VolumeFolder.fault("The folder of the \(this.noun) cannot be removed")
            }
            SmallFile.sync(folder: this.root)
        }
    }

    /// Removes every folder of another name.
    func keep(only names: Set<String>) async throws {
        let this = self
        try await queue.perform {
            for name in SmallFile.names(in: this.root) ?? [] where !names.contains(name) {
                guard FolderRemoval.remove(this.path(name)) else {
                    throw VolumeFolder.fault("The folder \(name) of no \(this.noun) cannot be removed")
                }
            }
        }
    }
}
