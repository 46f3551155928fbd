public import Identity
public import Kernel
public import Workloads

/// An environment that was saved from a notebook: packages over a runtime, for new notebooks and training jobs.
public struct SavedImage: Hashable, Sendable {
    public let id: ImageID
    public let account: AccountID
    public let project: ProjectID
    public let user: UserID
    public let definition: ImageDefinition
    /// The id of the runtime beneath.
    public let runtime: String
    /// The notebook that it was saved from.
    public let notebook: NotebookID
    /// Folders of packages over the runtime.
    public var layers: Int
    /// Bytes of the folder that was saved, without the layers beneath it.
    public var bytes: Int64
    public var state: State
    /// Why it could not be saved.
    public var message: String
    public let createdAt: Instant
    public var updatedAt: Instant

    /// As ModelArts calls them.
    public enum State: String, Hashable, Sendable, CaseIterable {
        case creating = "CREATING"
        case active = "ACTIVE"
        case failed = "CREATE_FAILED"
    }

    public init(
        id: ImageID, account: AccountID, project: ProjectID, user: UserID, definition: ImageDefinition,
        runtime: String, notebook: NotebookID, layers: Int, bytes: Int64 = 0, state: State = .creating,
        message: String = "", createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.user = user
        self.definition = definition
        self.runtime = runtime
        self.notebook = notebook
        self.layers = layers
        self.bytes = bytes
        self.state = state
        self.message = message
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

public typealias ImageID = Identifier<SavedImage>

/// Images that were saved; one that is deleted is not there any more.
public protocol ImageRecords {
    func insert(_ image: SavedImage) throws
    /// Writes everything that can change of an image.
    func update(_ image: SavedImage) throws
    func delete(_ image: ImageID) throws
    func savedImage(_ id: ImageID) throws -> SavedImage?
    /// Those of a project, by name; of all projects where it is nil.
    func savedImages(in project: ProjectID?) throws -> [SavedImage]
}

/// Where the packages of saved images lie: folders that nothing writes to once they are made.
public protocol ImageFolders: Sendable {
    /// Copies a folder of a volume, with the layers beneath it; an image that is there is left as it is.
    ///
    /// - Parameters:
    ///   - folder: a path in the volume; one that is not there is an empty layer.
    ///   - volume: the host's path of the mounted volume, which its user may change meanwhile.
    ///   - layers: host paths of the layers beneath, the newest first.
    /// - Returns: the bytes of the new layer.
    /// - Throws: `storageFull` where the disk has not got the room; nothing is left of it then.
    func save(_ image: ImageID, folder: String, of volume: String, over layers: [String]) async throws -> Int64
    /// Host paths of an image's layers, the newest first.
    func layers(of image: ImageID, count: Int) -> [String]
    func remove(_ image: ImageID) async throws
    /// Removes what belongs to no image.
    func keep(only images: Set<ImageID>) async throws
}

/// Where no images are kept.
public struct NoImageFolders: ImageFolders {
    public init() {}

    public func save(
        _ image: ImageID, folder: String, of volume: String, over layers: [String]
    ) async throws -> Int64 { throw Fault(.unavailable, "This installation keeps no images.") }
    public func layers(of image: ImageID, count: Int) -> [String] { [] }
    public func remove(_ image: ImageID) async throws {}
    public func keep(only images: Set<ImageID>) async throws {}
}
