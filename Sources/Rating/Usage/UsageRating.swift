public import Kernel
public import Pricing

/// What a rating of a usage file is asked to do.
public struct UsageRating: Sendable {
    public let book: PriceBook
    public let header: UsageHeader
    /// Where uses without an end are clipped; nil refuses them.
    public let until: Second?
    /// The share of accounts that is rated; nil for all.
    public let partition: UsagePartition?
    /// Whether every hour piece is written.
    public let writesLines: Bool
    /// What is summed.
    public let groups: [UsageGroup]

    public init(
        book: PriceBook, header: UsageHeader, until: Second? = nil, partition: UsagePartition? = nil,
        writesLines: Bool = false, groups: [UsageGroup] = []
    ) {
        self.book = book
        self.header = header
        self.until = until
        self.partition = partition
        self.writesLines = writesLines
        self.groups = groups
    }

    /// The header of the lines written.
    public static let lineHeader = """
        line,account,project,resource,product,flavor,quantity,from,until,counted,unit_price,list,discount,truncated,due

        """

    /// The header of what is refused.
    public static let rejectHeader = "line,reason,row\n"
}

/// One of so many equal shares of the accounts, told apart by a hash of their names.
public struct UsagePartition: Hashable, Sendable {
    /// From 1.
    public let index: Int
    public let count: Int

    /// Takes `index` of `count`; nil where it is not among them.
    public init?(index: Int, count: Int) {
        guard count >= 1, (1...count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `3/16`.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard parts.count == 2, let index = Int(Substring(parts[0])), let count = Int(Substring(parts[1])) else {
            return nil
        }
        self.init(index: index, count: count)
    }

    @inline(__always)
    func includes(_ account: UnsafeRawBufferPointer) -> Bool {
        // The upper bits, for tables use the lower ones.
        Int((NameTable.hash(account) >> 32) % UInt64(count)) + 1 == index
    }
}
