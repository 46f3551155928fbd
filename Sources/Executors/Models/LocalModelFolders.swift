import Glibc
public import Kernel
public import Platform

/// The packages of models on this machine's disk: `FOLDER/<model>`; what is being gathered has `.new` at its end.
public final class LocalModelFolders: ModelFolders {
    private let folders: KeptFolders

    /// Works in a folder, which it makes.
    public init(path: String) throws(Fault) { folders = try KeptFolders(path: path, of: "model") }

    public func path(of model: ModelID) -> String { folders.path(model.folderName) }

    public func begin(_ model: ModelID) async throws -> String {
        let new = path(of: model) + ".new"
        return try await folders.queue.perform {
            guard FolderRemoval.remove(new), mkdir(new, 0o700) == 0 else {
                throw VolumeFolder.fault("The folder of the model cannot be made")
            }
            return new
        }
    }

    public func read(_ name: String, of model: ModelID, limit: Int) async throws -> [UInt8]? {
        let path = path(of: model) + ".new/" + name
        return try await folders.queue.perform {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            guard status.st_size <= limit else {
                throw Fault(.invalidParameter, "\(name) has more than \(limit) bytes.", field: name)
            }
            return SmallFile.read(path)
        }
    }

    public func holds(_ name: String, of model: ModelID) async throws -> Bool {
        let path = path(of: model) + ".new/" + name
        return try await folders.queue.perform { access(path, F_OK) == 0 }
    }

    public func keep(_ model: ModelID) async throws -> Int64 {
        let (root, place) = (folders.root, path(of: model))
        return try await folders.queue.perform {
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
        try await folders.remove(model.folderName, model.folderName + ".new")
    }

    public func keep(only models: Set<ModelID>) async throws {
        try await folders.keep(only: Set(models.map(\.folderName)))
    }
}
