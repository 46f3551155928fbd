public import Kernel
public import Money
public import Rating

/// What the next close would put on the bill for one clock hour of a stretch at one price; not numbered or paid yet.
public struct BillLineDraft: Hashable, Sendable {
    public let metered: MeteredSegment
    /// The start of the clock hour the use lies in.
    public let hour: Second
    public let from: Second
    public let until: Second
    /// Seconds billed by this line; negative where a correction takes back.
    public let seconds: Int64
    /// What is counted by this line, such as node-seconds; negative where a correction takes back.
    public let counted: Quantity
    /// Nil where the price depends on the month's use.
    public let unitPrice: UnitPrice?
    /// What bills call the discount; nil where there is none.
    public let discountName: String?
    /// The edition of the price book.
    public let priceVersion: String
    /// Always `list` = `discount` + `truncated` + `due`.
    public let list: Amount
    public let discount: Amount
    public let truncated: Amount
    public let due: Amount
    public let dropped: Fraction
    public let kind: BillLine.Kind
    /// What packages cover of what is counted; `list` is for the rest.
    public let packages: [PackagePart]
}
