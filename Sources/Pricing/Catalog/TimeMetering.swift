public import Kernel

/// What of the time that a resource existed is counted.
public struct TimeMetering: Hashable, Sendable {
    /// The unit of time that counts whole.
    public enum Grain: String, Hashable, Sendable, CaseIterable {
        /// Every second. Source: metered per second (price-modelarts-0003).
        case second
        /// Begun minutes count whole. Source: EX-13, 9.5 minutes are 10 (price-cae).
        case minute
        /// A begun day of the billing zone counts whole, the day it ends on not. Source: EX-15 (price-iothub).
        case day
    }

    public let grain: Grain
    /// What an ended use is counted as at least.
    public let minimumSeconds: Int64

    public init(grain: Grain, minimumSeconds: Int64 = 0) {
        self.grain = grain
        self.minimumSeconds = minimumSeconds
    }

    public static let perSecond = TimeMetering(grain: .second)

    /// The interval that is counted for one that was used; the same for whole seconds without a minimum.
    ///
    /// It may end later than the use. While the use goes on, what is counted lies within it, save for the day's grain.
    public func counted(_ used: Range<Second>, isEnded: Bool, zone: BillingZone) -> Range<Second> {
        switch grain {
        case .second: return extended(used, to: isEnded ? max(minimumSeconds, used.seconds) : used.seconds)
        case .minute:
            let least = max(minimumSeconds, (used.seconds + 59) / 60 * 60)
            return extended(used, to: isEnded ? least : used.seconds / 60 * 60)
        case .day:
            let first = zone.startOfDay(used.lowerBound)
            let last = zone.startOfDay(used.upperBound)
            return first..<max(last, first + (isEnded ? minimumSeconds : 0))
        }
    }

    private func extended(_ used: Range<Second>, to seconds: Int64) -> Range<Second> {
        used.lowerBound..<(used.lowerBound + seconds)
    }
}

extension Range where Bound == Second {
    var seconds: Int64 { upperBound - lowerBound }
}
