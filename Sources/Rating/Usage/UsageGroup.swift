import Kernel

/// What a rating of usage can be summed by.
public enum UsageGroup: String, Hashable, Sendable, CaseIterable {
    case account
    case project
    case resource
    case product
    case flavor
    /// The start of the clock hour.
    case hour
    /// The day in the billing zone.
    case day
    /// The calendar month in the billing zone.
    case month

    var column: UsageColumn? {
        switch self {
        case .account: .account
        case .project: .project
        case .resource: .resource
        case .product: .product
        case .flavor: .flavor
        case .hour, .day, .month: nil
        }
    }

    /// The text of a moment's group, for a group of time.
    func text(of hour: Int32, zone: BillingZone) -> String {
        let second = Second(Int64(hour) * 3_600)
        switch self {
        case .day: return zone.civil(second).dateText
        case .month: return zone.cycle(second)
        default: return second.description
        }
    }
}
