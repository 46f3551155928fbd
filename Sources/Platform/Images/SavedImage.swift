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
