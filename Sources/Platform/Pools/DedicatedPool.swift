public import Identity
public import Kernel
import Ledger
public import Metering
import Pricing
public import Workloads

/// A dedicated pool: a part of the machine that one project has for itself, from its creation to its end.
public struct DedicatedPool: Hashable, Sendable {
    public let id: PoolID
    public let account: AccountID
    public let project: ProjectID
    /// The name of the user who made it.
    public let userName: String
    public var definition: PoolDefinition
    public let createdAt: Instant
    public var updatedAt: Instant
    public var deletedAt: Instant?
    /// What one of its nodes holds, as its flavor was when it was made.
    public let node: Demand
    /// The cards of all its nodes, by index.
    public var accelerators: [Int]
    /// How many stretches of a constant number of nodes have begun.
    public var stretches: Int64
    /// Nodes of the stretch that goes on; nil where it costs nothing.
    public var billedQuantity: Int64?

    public init(
        id: PoolID, account: AccountID, project: ProjectID, userName: String, definition: PoolDefinition,
        createdAt: Instant, updatedAt: Instant, deletedAt: Instant? = nil, node: Demand, accelerators: [Int] = [],
        stretches: Int64 = 0, billedQuantity: Int64? = nil
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.userName = userName
        self.definition = definition
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.deletedAt = deletedAt
        self.node = node
        self.accelerators = accelerators
        self.stretches = stretches
        self.billedQuantity = billedQuantity
    }

    /// What it takes from the machine.
    var placement: Placement {
        Placement(id: id.text, demand: node.times(definition.nodes), accelerators: accelerators)
    }
}

extension DedicatedPool: WitnessedResource {
    public var resource: ResourceID { ResourceID(id.text) }
    var resourceName: String { definition.name }
    var product: ProductID { Product.dedicatedPool }
    var flavor: FlavorID { definition.flavor }
    var wantedQuantity: Int64? { deletedAt == nil ? definition.nodes : nil }
}
