import Glibc
public import Kernel
public import Platform
import Synchronization
public import Workloads

/// The packages of models on this machine's disk: `FOLDER/<model>`, and in `FOLDER/<model>.packages` what was installed
/// for them; what is being gathered, or installed, has `.new` at its end.
public final class LocalModelFolders: ModelFolders {
    private let folders: KeptFolders
    /// The server's data, which no installer sees.
    private let data: String
    private let installing = Mutex<[ModelID: Interruption]>([:])

    /// Works in a folder, which it makes.
    public init(path: String) throws(Fault) {
        folders = try KeptFolders(path: path, of: "model")
        guard let whole = realpath(path + "/..", nil) else { throw VolumeFolder.fault("\(path) cannot be found") }
        defer { free(whole) }
        data = String(cString: whole)
    }

    public func path(of model: ModelID) -> String { folders.path(model.folderName) }

    public func packages(of model: ModelID) -> String? {
        let path = Self.packages(path(of: model))
        return access(path, F_OK) == 0 ? path : nil
    }

    private static func packages(_ path: String) -> String { path + ".packages" }

    public func begin(_ model: ModelID) async throws -> String {
        let new = path(of: model) + ".new"
        let packages = Self.packages(path(of: model))
        return try await folders.queue.perform {
            guard FolderRemoval.remove(packages), FolderRemoval.remove(packages + ".new"), FolderRemoval.remove(new),
                mkdir(new, 0o700) == 0
            else {
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

    public func install(
        _ packages: [PackageRequirement], of model: ModelID, for engine: Engine, mayLoad: Bool
    ) async throws {
        let place = Self.packages(path(of: model))
        let installer = PackageInstaller(
            folder: place + ".new", python: engine.python, runtimes: engine.folders, hidden: data, mayLoad: mayLoad,
            interruption: Interruption())
        installing.withLock { $0[model] = installer.interruption }
        defer { installing.withLock { $0[model] = nil } }
        // It may take minutes, for which nothing else shall wait: a thread of its own.
        let root = folders.root
        try await withTaskCancellationHandler {
            try await DiskQueue("packages").perform {
                defer { _ = FolderRemoval.remove(installer.folder) }
                guard let target = try installer.install(packages) else { return }
                guard rename(target, place) == 0 else { throw VolumeFolder.fault("The packages cannot be kept") }
                SmallFile.sync(folder: root)
            }
        } onCancel: {
            installer.interruption.ask()
        }
    }

    public func remove(_ model: ModelID) async throws {
        // Whoever installs for it notices, and removes it then.
        if let interruption = installing.withLock({ $0[model] }) { return interruption.ask() }
        let name = model.folderName
        let packages = Self.packages(name)
        try await folders.remove(name, name + ".new", packages, packages + ".new")
    }

    public func keep(only models: Set<ModelID>) async throws {
        try await folders.keep(only: Set(models.flatMap { [$0.folderName, Self.packages($0.folderName)] }))
    }
}
