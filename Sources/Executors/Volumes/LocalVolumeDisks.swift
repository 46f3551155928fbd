import Glibc
public import Kernel
public import Platform
import Synchronization

/// Volumes on this machine's disk, each in a folder of its own: `FOLDER/<id>`.
///
/// Acts are done one after the other on a thread of their own, since each waits for programs of the system. An image is
/// mounted while somebody uses it; nothing that is in use is ever unmounted.
public final class LocalVolumeDisks: VolumeDisks {
    private let root: String
    private let format: VolumeFormat
    private let journal: any Journal
    private let queue = DiskQueue("volumes")
    /// Volumes that somebody uses, as far as this process was told.
    private let used = Mutex<Set<VolumeID>>([])

    /// Works in a folder, which it makes.
    ///
    /// - Parameter format: how new volumes are made; those that are there stay what they are.
    public init(path: String, format: VolumeFormat = .best(), journal: any Journal) throws(Fault) {
        root = path
        self.format = format
        self.journal = journal
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw VolumeFolder.fault("The folder \(path) cannot be made")
        }
    }

    /// How new volumes are made, and what keeps their capacity; for the log of a start.
    public var summary: StaticString { format.note }

    public func path(_ volume: VolumeID) -> String { folder(volume).files }

    public func capacity() async throws -> Int64 {
        try await perform { root, _ in
            let free = VolumeFolder.freeBytes(beside: root)
            let taken = (SmallFile.names(in: root) ?? []).reduce(Int64(0)) { sum, name in
                let folder = VolumeFolder(path: root + "/" + name)
                guard let format = folder.format else { return sum }
                return sum + (format == .folder ? folder.fileBytes() : folder.allocatedBytes(format))
            }
            return max(0, free + taken - VolumeFolder.spareBytes) >> 30
        }
    }

    public func create(_ volume: VolumeID, gibibytes: Int64) async throws {
        let folder = folder(volume)
        try await perform { root, format in
            guard folder.format == nil else { return }
            guard mkdir(folder.path, 0o700) == 0 || errno == EEXIST else {
                throw VolumeFolder.fault("The folder of the volume cannot be made")
            }
            do {
                try folder.make(format, gibibytes: gibibytes)
            } catch {
                // What could not be made takes no space.
                _ = FolderRemoval.remove(folder.path)
                throw error
            }
            SmallFile.sync(folder: root)
        }
    }

    public func grow(_ volume: VolumeID, to gibibytes: Int64) async throws {
        let folder = folder(volume)
        try await perform { _, _ in try folder.grow(to: gibibytes) }
    }

    public func remove(_ volume: VolumeID) async throws {
        let folder = folder(volume)
        try await perform { root, _ in
            try folder.unmount()
            guard FolderRemoval.remove(folder.path) else {
                throw VolumeFolder.fault("The folder of the volume cannot be removed")
            }
            SmallFile.sync(folder: root)
        }
        _ = used.withLock { $0.remove(volume) }
    }

    public func mount(_ volume: VolumeID) async throws -> String {
        let folder = folder(volume)
        try await perform { _, _ in try folder.mount() }
        _ = used.withLock { $0.insert(volume) }
        return folder.files
    }

    public func unmount(_ volume: VolumeID) async throws {
        let folder = folder(volume)
        try await perform { _, _ in try folder.unmount() }
        _ = used.withLock { $0.remove(volume) }
    }

    public func usage(_ volume: VolumeID) async throws -> Int64 {
        let folder = folder(volume)
        return try await perform { _, _ in try folder.usedBytes() }
    }

    /// Unmounts what nobody uses, when the server stops.
    public func close() async {
        let used = used.withLock { $0 }
        _ = try? await perform { root, _ in
            for name in SmallFile.names(in: root) ?? [] where !used.contains(VolumeID(name)) {
                try? VolumeFolder(path: root + "/" + name).unmount()
            }
        }
    }

    /// Looks at plain folders now and then, until its task is cancelled.
    public func watchFolders() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(30))
            try await checkFolders()
        }
    }

    /// Says which plain folders hold more than they may; nothing else keeps them.
    public func checkFolders() async throws {
        let over: [(name: String, text: String)] = try await perform { root, _ in
            (SmallFile.names(in: root) ?? []).compactMap { name in
                let folder = VolumeFolder(path: root + "/" + name)
                guard let gibibytes = folder.folderCapacity else { return nil }
                let bytes = folder.fileBytes()
                return bytes > gibibytes << 30 ? (name, "\(bytes) bytes of \(gibibytes) GB") : nil
            }
        }
        for volume in over {
            journal.note(
                .warning, "A volume holds more than its capacity; ask its owner to delete files or to let it grow.",
                ["volume.id": volume.name, "volume.usage": volume.text])
        }
    }

    private func folder(_ volume: VolumeID) -> VolumeFolder { VolumeFolder(path: root + "/" + volume.folderName) }

    /// Does work that waits for the disk off the threads that requests are answered on.
    private func perform<Value: Sendable>(
        _ body: @escaping @Sendable (_ root: String, _ format: VolumeFormat) throws -> Value
    ) async throws -> Value {
        try await queue.perform { [root, format] in try body(root, format) }
    }
}
