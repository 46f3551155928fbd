import Pricing

/// A product and a flavor as a usage file names them.
public struct UsageName: Hashable, Sendable, Comparable {
    public let product: String
    public let flavor: String

    public static func < (left: Self, right: Self) -> Bool {
        (left.product, left.flavor) < (right.product, right.flavor)
    }
}

/// What a rating came to.
public struct UsageSummary: Sendable {
    /// Lines that were read, those refused among them.
    public let rows: Int64
    public let rejected: Int64
    public let uses: [UsageName: UsageSum]
    /// By the bytes of their texts, in the order of the columns asked for.
    public let groups: [Group]

    /// One group and its sum.
    public struct Group: Sendable {
        public let texts: [[UInt8]]
        public let sum: UsageSum
    }

    public var total: UsageSum { uses.values.reduce(into: UsageSum()) { $0.add($1) } }

    /// The groups as CSV, with a header.
    public func csv(groups names: [UsageGroup]) -> [UInt8] {
        var text = UsageText()
        let columns = names.map(\.rawValue) + ["lines", "counted", "list", "discount", "truncated", "due"]
        text.plain(columns.joined(separator: ",").utf8)
        text.endLine()
        for group in groups {
            for cell in group.texts {
                text.cell(cell)
                text.separator()
            }
            text.whole(group.sum.lines)
            text.separator()
            text.decimal(group.sum.countedUnits, scale: 6)
            for amount in [
                group.sum.listUnits, group.sum.discountUnits, group.sum.truncatedUnits, group.sum.dueUnits,
            ] {
                text.separator()
                text.decimal(amount, scale: 8)
            }
            text.endLine()
        }
        return text.bytes
    }
}
