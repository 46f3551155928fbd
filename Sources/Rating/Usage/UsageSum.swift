public import Money

/// Sums of rated usage.
public struct UsageSum: Hashable, Sendable {
    /// Hour pieces: what bills would have as lines.
    public private(set) var lines: Int64 = 0
    private(set) var countedUnits: Int128 = 0
    private(set) var listUnits: Int128 = 0
    private(set) var discountUnits: Int128 = 0
    private(set) var truncatedUnits: Int128 = 0
    private(set) var dueUnits: Int128 = 0

    public var counted: Quantity { Quantity(units: countedUnits) }
    public var list: Amount { Amount(units: listUnits) }
    public var discount: Amount { Amount(units: discountUnits) }
    public var truncated: Amount { Amount(units: truncatedUnits) }
    public var due: Amount { Amount(units: dueUnits) }

    public init() {}

    /// So many pieces at bare prices.
    @inline(__always)
    init(lines: Int64, counted: Int128, bareList: Int128) {
        self.lines = lines
        (countedUnits, listUnits, dueUnits) = (counted, bareList, bareList)
    }

    /// One piece.
    @inline(__always)
    init(_ fee: UsageRate.Fee, counted: Int64) {
        lines = 1
        countedUnits = Int128(counted)
        (listUnits, discountUnits, truncatedUnits, dueUnits) = (fee.list, fee.discount, fee.truncated, fee.due)
    }

    @inline(__always)
    mutating func add(_ other: UsageSum) {
        lines += other.lines
        countedUnits += other.countedUnits
        listUnits += other.listUnits
        discountUnits += other.discountUnits
        truncatedUnits += other.truncatedUnits
        dueUnits += other.dueUnits
    }
}
