/// What part of a list a caller wants: skip `offset` records, give at most `limit`.
public struct PageRequest: Hashable, Sendable {
    public let offset: Int
    public let limit: Int

    public init(offset: Int = 0, limit: Int) {
        self.offset = offset
        self.limit = limit
    }
}

/// Part of a list, and how many records the whole has.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    public let total: Int

    public init(items: [Item], total: Int) {
        self.items = items
        self.total = total
    }

    /// The same part with every record made into something else.
    public func map<Other>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), total: total)
    }
}
