public import Kernel

public typealias ProductID = Identifier<Product>

/// A kind of thing that is sold, such as training jobs.
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

    public init(id: ProductID, name: String, serviceCode: String, resourceCode: String, unit: UsageUnit = .hour) {
        self.id = id
        self.name = name
        self.serviceCode = serviceCode
        self.resourceCode = resourceCode
        self.unit = unit
    }
}

/// What use is counted in, with the billing centre's number for it.
public enum UsageUnit: String, Hashable, Sendable, CaseIterable {
    case hour

    /// The billing centre's `usage_measure_id`.
    public var measureID: Int {
        switch self {
        case .hour: 4
        }
    }
}
