public import Kernel
public import Pricing

/// One use that a trace of another system tells of: so many nodes of a flavor from a second to before another.
public struct TraceUse: TraceItem, Hashable {
    /// The tenant's name.
    public let account: String
    public let project: String
    public let resource: String
    public let product: ProductID
    public let flavor: FlavorID
    public let quantity: Int64
    public let start: Second
    public let end: Second

    public init(
        account: String, project: String, resource: String, product: ProductID, flavor: FlavorID, quantity: Int64,
        start: Second, end: Second
    ) {
        self.account = account
        self.project = project
        self.resource = resource
        self.product = product
        self.flavor = flavor
        self.quantity = quantity
        self.start = start
        self.end = end
    }

    public var seconds: Int64 { end - start }
}

/// What GPUs of a trace are sold as: traces say how many there were, not which.
public struct TraceOffer: Hashable, Sendable {
    public let product: ProductID
    public let flavor: FlavorID

    public init(product: ProductID, flavor: FlavorID) {
        self.product = product
        self.flavor = flavor
    }
}
