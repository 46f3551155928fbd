public import Kernel

public typealias MeterID = Identifier<Meter>

/// Turns events into a quantity on a bill: which events count, what of them, and for which product and flavor.
///
/// A meter of an edition that was in force never changes, so what an event counted can always be computed again.
public struct Meter: Hashable, Sendable {
    public let id: MeterID
    /// The `type` of the events that count.
    public let eventType: String
    public let product: ProductID
    public let flavor: MeteredFlavor
    public let aggregation: Aggregation
    /// Where in the event's data the value lies; empty for `count`.
    public let value: DataPath
    /// The stretch of time over which the greatest, the latest or the different values are taken.
    public let window: Window
    /// The first second whose events count.
    public let validFrom: Second
    /// The first second whose events no longer count; nil where there is none.
    public let validUntil: Second?

    public init(
        id: MeterID, eventType: String, product: ProductID, flavor: MeteredFlavor, aggregation: Aggregation,
        value: DataPath = DataPath(names: []), window: Window = .hour, validFrom: Second, validUntil: Second? = nil
    ) {
        self.id = id
        self.eventType = eventType
        self.product = product
        self.flavor = flavor
        self.aggregation = aggregation
        self.value = value
        self.window = window
        self.validFrom = validFrom
        self.validUntil = validUntil
    }

    /// What becomes of the values of one window.
    public enum Aggregation: String, Hashable, Sendable, CaseIterable {
        case sum
        /// How many events there were.
        case count
        case max
        /// The value of the latest event.
        case latest
        /// How many different values there were.
        case unique
    }

    /// A calendar stretch of the billing zone.
    public enum Window: String, Hashable, Sendable, CaseIterable {
        case hour
        case day
        case month

        /// The window that a second lies in.
        public func range(around second: Second, in zone: BillingZone) -> Range<Second> {
            switch self {
            case .hour:
                let start = zone.startOfHour(second)
                return start..<(start + 3_600)
            case .day:
                let start = zone.startOfDay(second)
                return start..<(start + 86_400)
            case .month: return zone.month(of: second)
            }
        }
    }

    /// Whether events of a second count.
    public func isInForce(at second: Second) -> Bool {
        validFrom <= second && (validUntil.map { second < $0 } ?? true)
    }
}

/// The flavor that a meter's quantity is billed for.
public enum MeteredFlavor: Hashable, Sendable {
    case always(FlavorID)
    /// Whatever the event's data names there, such as a model.
    case named(DataPath)
}

/// A place in an event's data: names of nested objects, written `data.usage.input_tokens`.
public struct DataPath: Hashable, Sendable, CustomStringConvertible {
    public let names: [String]

    public init(names: [String]) { self.names = names }

    /// Reads `data.` and names parted by dots; nil for anything else.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count > 1, parts.count <= Limits.meterPathNames, parts.allSatisfy({ !$0.isEmpty }),
            String(Substring(parts[0])) == "data"
        else { return nil }
        names = parts.dropFirst().map { String(Substring($0)) }
    }

    public var description: String { (["data"] + names).joined(separator: ".") }
}
