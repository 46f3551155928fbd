import Glibc
public import Kernel
public import Platform

/// The packages of models on this machine's disk: `FOLDER/<model>`; what is being gathered has `.new` at its end.
public final class LocalModelFolders: ModelFolders {
    private let root: String
    private let queue = DiskQueue("models")

    /// Works in a folder, which it makes.
    public init(path: String) throws(Fault) {
        root = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw VolumeFolder.fault("The folder \(path) cannot be made")
        }
    }

    public func path(of model: ModelID) -> String { root + "/" + model.folderName }

    public func begin(_ model: ModelID) async throws -> String {
        let new = path(of: model) + ".new"
        return try await queue.perform {
            guard FolderRemoval.remove(new), mkdir(new, 0o700) == 0 else {
                throw VolumeFolder.fault("The folder of the model cannot be made")
            }
            return new
        }
    }

    public func read(_ name: String, of model: ModelID, limit: Int) async throws -> [UInt8]? {
        let path = path(of: model) + ".new/" + name
        return try await queue.perform {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            guard status.st_size <= limit else {
                throw Fault(.invalidParameter, "\(name) has more than \(limit) bytes.", field: name)
            }
            return SmallFile.read(path)
        }
    }

    public func keep(_ model: ModelID) async throws -> Int64 {
        let (root, place) = (self.root, path(of: model))
        return try await queue.perform {
            let new = place + ".new"
            try HostCommand.run(["sync", "-f", new])
            let said = try HostCommand.run(["du", "-s", "-b", "--", new])
            guard FolderRemoval.remove(place), rename(new, place) == 0 else {
                throw VolumeFolder.fault("The model cannot be kept")
            }
            SmallFile.sync(folder: root)
            return said.split(separator: "\t").first.flatMap { Int64($0) } ?? 0
        }
    }

    public func remove(_ model: ModelID) async throws {
        let (root, place) = (self.root, path(of: model))
        try await queue.perform {
            guard FolderRemoval.remove(place), FolderRemoval.remove(place + ".new") else {
                throw VolumeFolder.fault("The folder of the model cannot be removed")
            }
            SmallFile.sync(folder: root)
        }
    }

    public func keep(only models: Set<ModelID>) async throws {
        let root = root
        try await queue.perform {
            for name in SmallFile.names(in: root) ?? [] where !models.contains(ModelID(name)) {
                guard FolderRemoval.remove(root + "/" + name) else {
                    throw VolumeFolder.fault("The folder \(name) of no model cannot be removed")
                }
            }
        }
    }
}
