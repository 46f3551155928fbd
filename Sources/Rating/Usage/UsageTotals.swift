import Kernel
import Money
import Pricing

/// Sums by the groups of a rating; one worker has its own, and they are brought together at the end.
struct UsageTotals: ~Copyable {
    let groups: [UsageGroup]
    /// Whether pieces of one row can belong to several groups.
    let dependsOnTime: Bool
    /// One for each group.
    private let names: UnsafeMutableBufferPointer<NameTable>
    /// Each folds one more group into the key; the last gives the sum's place.
    private let pairs: UnsafeMutableBufferPointer<PairTable>
    private let columns: UnsafeMutableBufferPointer<UsageColumn?>
    private let keys: UnsafeMutableBufferPointer<Int32>
    private(set) var sums: [UsageSum] = []
    /// What was added and not looked up yet.
    private let pending: UnsafeMutableBufferPointer<Pending>
    private var pendingCount = 0

    /// A sum and the last pair of its key.
    ///
    /// Look-ups wait for each other's memory when they come one by one; many in a row overlap.
    private struct Pending {
        var pair: UInt64
        var place: Int32
        var sum: UsageSum
    }

    private static let pendingCapacity = 256

    init(groups: [UsageGroup]) {
        self.groups = groups
        dependsOnTime = groups.contains { $0.column == nil }
        names = .allocate(capacity: groups.count)
        pairs = .allocate(capacity: groups.count)
        columns = .allocate(capacity: groups.count)
        keys = .allocate(capacity: groups.count)
        keys.initialize(repeating: 0)
        pending = .allocate(capacity: Self.pendingCapacity)
        for (index, group) in groups.enumerated() {
            names.initializeElement(at: index, to: NameTable())
            pairs.initializeElement(at: index, to: PairTable())
            columns.initializeElement(at: index, to: group.column)
        }
    }

    deinit {
        names.deinitialize().deallocate()
        pairs.deinitialize().deallocate()
        columns.deallocate()
        keys.deallocate()
        pending.deallocate()
    }

    /// Sets the keys of a row's names; those of time are set piece by piece.
    @inline(__always)
    mutating func setNames(of row: borrowing UsageRow) {
        for index in columns.indices {
            if let column = columns[index] { keys[index] = names[index].number(of: row.bytes(column)) }
        }
    }

    /// Sets the keys of time for a piece.
    mutating func setTime(_ start: Int64, zone: BillingZone) {
        for (index, group) in groups.enumerated() where group.column == nil {
            let second = Second(start)
            let first: Second =
                switch group {
                case .day: zone.startOfDay(second)
                case .month: zone.month(of: second).lowerBound
                default: zone.startOfHour(second)
                }
            keys[index] = Int32(truncatingIfNeeded: first.value / 3_600)
        }
    }

    /// Adds to the group whose keys are set.
    @inline(__always)
    mutating func add(_ sum: UsageSum) {
        var key: Int32 = 0
        for index in 0..<(keys.count - 1) { key = pairs[index].number(of: PairTable.pair(key, keys[index])) }
        pending.initializeElement(
            at: pendingCount, to: Pending(pair: PairTable.pair(key, keys[keys.count - 1]), place: 0, sum: sum))
        pendingCount += 1
        if pendingCount == Self.pendingCapacity { flush() }
    }

    /// Adds what waits to its sums.
    mutating func flush() {
        guard pendingCount > 0 else { return }
        let last = pairs.count - 1
        for index in 0..<pendingCount { pending[index].place = pairs[last].number(of: pending[index].pair) }
        while sums.count < pairs[last].pairs.count { sums.append(UsageSum()) }
        sums.withUnsafeMutableBufferPointer { sums in
            for index in 0..<pendingCount { sums[Int(pending[index].place)].add(pending[index].sum) }
        }
        pendingCount = 0
    }

    /// Takes in what another worker summed.
    mutating func absorb(_ other: borrowing UsageTotals) {
        let renamed = groups.indices.map { index in
            groups[index].column == nil
                ? []
                : (0..<Int32(other.names[index].count)).map { number in
                    Array(other.names[index].bytes(of: number)).withUnsafeBytes { names[index].number(of: $0) }
                }
        }
        for place in other.sums.indices {
            for (index, key) in other.keys(at: place).enumerated() {
                keys[index] = groups[index].column == nil ? key : renamed[index][Int(key)]
            }
            add(other.sums[place])
        }
        flush()
    }

    /// The keys of a sum's place, unfolded from the last to the first.
    private func keys(at place: Int) -> [Int32] {
        var keys = [Int32](repeating: 0, count: groups.count)
        var number = Int32(place)
        for index in groups.indices.reversed() {
            let pair = pairs[index].pairs[Int(number)]
            keys[index] = Int32(truncatingIfNeeded: pair & 0xffff_ffff)
            number = Int32(truncatingIfNeeded: pair >> 32)
        }
        return keys
    }

    /// Every group, by the bytes of its columns, first column first.
    func sorted(zone: BillingZone) -> [UsageSummary.Group] {
        let keys = sums.indices.map { self.keys(at: $0) }
        let columns = groups.indices.map { index in
            var texts: [Int32: [UInt8]] = [:]
            for key in keys where texts[key[index]] == nil { texts[key[index]] = text(key[index], index, zone: zone) }
            return Column(texts: texts)
        }
        let order = sums.indices.sorted { left, right in
            for (index, column) in columns.enumerated() where keys[left][index] != keys[right][index] {
                return column.rank(of: keys[left][index]) < column.rank(of: keys[right][index])
            }
            return false
        }
        return order.map { place in
            UsageSummary.Group(
                texts: columns.enumerated().map { $0.element.texts[keys[place][$0.offset]] ?? [] }, sum: sums[place])
        }
    }

    private func text(_ key: Int32, _ index: Int, zone: BillingZone) -> [UInt8] {
        groups[index].column == nil
            ? Array(groups[index].text(of: key, zone: zone).utf8) : Array(names[index].bytes(of: key))
    }

    /// The texts of one group column, and where each stands among them.
    private struct Column {
        let texts: [Int32: [UInt8]]
        private let ranks: [Int32: Int]

        init(texts: [Int32: [UInt8]]) {
            self.texts = texts
            let sorted = texts.sorted { $0.value.lexicographicallyPrecedes($1.value) }
            ranks = Dictionary(uniqueKeysWithValues: sorted.enumerated().map { ($0.element.key, $0.offset) })
        }

        func rank(of key: Int32) -> Int { ranks[key] ?? 0 }
    }
}
