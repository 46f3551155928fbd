public import Kernel
public import Pricing

/// A dedicated pool: nodes that one account has for itself, and pays for whether it uses them or not.
public struct PoolDefinition: Hashable, Sendable {
    public let name: String
    public var description: String
    public let workspace: String
    /// What may run on it.
    public var scopes: [PoolScope]
    /// What each of its nodes is.
    public let flavor: FlavorID
    public var nodes: Int64
    /// The network that its maker named; there is one network here, and the name is only kept.
    public let network: String

    public init(
        name: String, description: String = "", workspace: String = "0", scopes: [PoolScope] = PoolScope.allCases,
        flavor: FlavorID, nodes: Int64, network: String = ""
    ) {
        self.name = name
        self.description = description
        self.workspace = workspace
        self.scopes = scopes
        self.flavor = flavor
        self.nodes = nodes
        self.network = network
    }
}

public typealias PoolID = Identifier<PoolDefinition>

/// A kind of work that a pool may run, as ModelArts names it.
public enum PoolScope: String, Hashable, Sendable, CaseIterable {
    case training = "Train"
    case inference = "Infer"
    case notebook = "Notebook"

    /// The work in a word.
    public var words: String {
        switch self {
        case .training: "training jobs"
        case .inference: "services"
        case .notebook: "notebooks"
        }
    }
}

/// What is to be changed of a pool; nil leaves a thing as it is.
public struct PoolChange: Hashable, Sendable {
    public var description: String?
    public var scopes: [PoolScope]?
    public var nodes: Int64?

    public init(description: String? = nil, scopes: [PoolScope]? = nil, nodes: Int64? = nil) {
        self.description = description
        self.scopes = scopes
        self.nodes = nodes
    }
}
