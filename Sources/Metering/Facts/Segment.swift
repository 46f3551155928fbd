public import Kernel
public import Pricing

/// The entity behind a resource's id: a training job, a notebook, a volume; whatever costs money.
public enum MeteredResource {}
public typealias ResourceID = Identifier<MeteredResource>

/// A stretch of one resource's life in which what it uses does not change: one flavor, one number of nodes.
public struct Segment: Hashable, Sendable {
    public let id: Identifier<Segment>
    public let resource: ResourceID
    public let product: ProductID
    public let flavor: FlavorID
    /// Nodes of the flavor, or GiB of a volume; at least 1.
    public let quantity: Int64

    public init(id: Identifier<Segment>, resource: ResourceID, product: ProductID, flavor: FlavorID, quantity: Int64) {
        self.id = id
        self.resource = resource
        self.product = product
        self.flavor = flavor
        self.quantity = quantity
    }
}

public typealias SegmentID = Identifier<Segment>
