public import Identity
public import Kernel
public import Workloads

/// A model that services can be deployed from: a package that was copied, so that what happens to its bucket later
/// changes nothing of it.
public struct Model: Hashable, Sendable {
    public let id: ModelID
    public let account: AccountID
    public let project: ProjectID
    public let user: UserID
    public let definition: ModelDefinition
    /// The folder, or the object, of a bucket that it is copied from.
    public let source: String
    /// What the package says of itself, once it is there.
    public var config: ModelConfig
    /// The text that `config` was read from; empty where there was none.
    public var configText: String
    /// The runtime that runs it, once it is there.
    public var engine: String
    public var bytes: Int64
    public var state: State
    /// Why it could not be taken up.
    public var message: String
    public let createdAt: Instant
    public var updatedAt: Instant

    /// As ModelArts calls them; only a published model is deployed.
    public enum State: String, Hashable, Sendable, CaseIterable { case publishing, published, failed }

    public init(
        id: ModelID, account: AccountID, project: ProjectID, user: UserID, definition: ModelDefinition, source: String,
        config: ModelConfig = ModelConfig(), configText: String = "", engine: String = "", bytes: Int64 = 0,
        state: State = .publishing, message: String = "", createdAt: Instant, updatedAt: Instant
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.user = user
        self.definition = definition
        self.source = source
        self.config = config
        self.configText = configText
        self.engine = engine
        self.bytes = bytes
        self.state = state
        self.message = message
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    /// Its kind: what the request said, else its package.
    public var type: String { definition.type ?? config.type ?? "Custom" }
    /// How people are told of it.
    public var title: String { "\(definition.name) \(definition.version)" }
}

public typealias ModelID = Identifier<Model>
