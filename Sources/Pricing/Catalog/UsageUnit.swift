public import Money

/// What a product's price is for (an hour, 1,000 tokens, a message), and how counted use becomes so many of it.
public struct UsageUnit: Hashable, Sendable {
    /// The word on bills, such as `hour`.
    public let name: String
    /// The billing centre's `usage_measure_id`.
    public let measureID: Int
    /// What is counted that makes one unit: 3,600 seconds an hour.
    public let counted: Int64
    /// Whether the seconds of a use are counted (times its nodes or gigabytes), or its pieces, however long it took.
    public let isTime: Bool
    /// How a month's use that is no whole number of units is rounded; nil where parts of a unit are sold.
    public let rounding: Rounding?

    public init(name: String, measureID: Int = 14, counted: Int64, isTime: Bool = false, rounding: Rounding? = nil) {
        self.name = name
        self.measureID = measureID
        self.counted = counted
        self.isTime = isTime
        self.rounding = rounding
    }

    public static let second = UsageUnit(name: "second", measureID: 4, counted: 1, isTime: true)
    public static let minute = UsageUnit(name: "minute", measureID: 4, counted: 60, isTime: true)
    public static let hour = UsageUnit(name: "hour", measureID: 4, counted: 3_600, isTime: true)
    public static let day = UsageUnit(name: "day", measureID: 4, counted: 86_400, isTime: true)
    public static let gigabyteHour = UsageUnit(name: "GB-hour", measureID: 17, counted: 3_600, isTime: true)
    public static let gigabyte = UsageUnit(name: "GB", measureID: 10, counted: 1)
    public static let piece = UsageUnit(name: "piece", counted: 1)
    public static let request = UsageUnit(name: "request", counted: 1)
    public static let message = UsageUnit(name: "message", counted: 1)
    public static let token = UsageUnit(name: "token", counted: 1)
    public static let thousandTokens = UsageUnit(name: "1,000 tokens", counted: 1_000)
    public static let millionTokens = UsageUnit(name: "1,000,000 tokens", counted: 1_000_000)

    /// The units that a book can name by their word.
    public static let known: [UsageUnit] = [
        .second, .minute, .hour, .day, .gigabyteHour, .gigabyte, .piece, .request, .message, .token, .thousandTokens,
        .millionTokens,
    ]

    /// A counted quantity brought to what is priced of it: whole units where the unit asks for them.
    public func priced(_ counted: Quantity) -> Quantity {
        guard let rounding else { return counted }
        let step = Quantity.one * Int128(self.counted)
        return Quantity(units: rounding.quotient(counted.units, step) * step)
    }
}
