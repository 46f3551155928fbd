public import Kernel

/// What a replay told the books, to be held against what they bill.
public struct ReplayTold: Sendable {
    public private(set) var items: Int64 = 0
    /// Items that were told after their first hour had been closed.
    public private(set) var late: Int64 = 0
    public private(set) var first: Second?
    public private(set) var last: Second?
    /// Node-seconds, or pieces.
    public private(set) var counted: [AccountUse: Int128] = [:]

    /// Counts an item of a span.
    mutating func note(_ span: Range<Second>, isLate: Bool) {
        first = min(first ?? span.lowerBound, span.lowerBound)
        last = max(last ?? span.upperBound, span.upperBound)
        if isLate { late += 1 }
        items += 1
    }

    mutating func count(_ quantity: Int128, of use: AccountUse) { counted[use, default: 0] += quantity }
}
