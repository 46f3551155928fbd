public import Kernel

public typealias ProductID = Identifier<Product>

/// A kind of thing that is sold, such as training jobs, storage or requests.
public struct Product: Hashable, Sendable {
    /// Such as `training-job`.
    public let id: ProductID
    /// The name on bills.
    public let name: String
    /// The billing centre's `cloud_service_type`.
    public let serviceCode: String
    /// The billing centre's `resource_type`.
    public let resourceCode: String
    /// What its use is counted in.
    public let unit: UsageUnit
    /// What of the time that a resource existed is counted.
    public let metering: TimeMetering
    /// What prices may name as `flavor` where it is no node that is sold, such as disk types; empty for compute.
    public let variants: [FlavorID]

    public init(
        id: ProductID, name: String, serviceCode: String, resourceCode: String, unit: UsageUnit = .hour,
        metering: TimeMetering = .perSecond, variants: [FlavorID] = []
    ) {
        self.id = id
        self.name = name
        self.serviceCode = serviceCode
        self.resourceCode = resourceCode
        self.unit = unit
        self.metering = metering
        self.variants = variants
    }
}
