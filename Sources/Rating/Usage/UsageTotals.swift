import Kernel
public import Money
import Pricing

/// Sums of rated usage.
public struct UsageSum: Hashable, Sendable {
    /// Hour pieces: what bills would have as lines.
    public internal(set) var lines: Int64 = 0
    /// Millionths of what is counted.
    var countedUnits: Int128 = 0
    var listUnits: Int128 = 0
    var discountUnits: Int128 = 0
    var truncatedUnits: Int128 = 0
    var dueUnits: Int128 = 0

    public var counted: Quantity { Quantity(units: countedUnits) }
    public var list: Amount { Amount(units: listUnits) }
    public var discount: Amount { Amount(units: discountUnits) }
    public var truncated: Amount { Amount(units: truncatedUnits) }
    public var due: Amount { Amount(units: dueUnits) }

    public init() {}

    /// Adds so many pieces of one count and one fee.
    @inline(__always)
    mutating func add(_ fee: UsageRate.Fee, counted: Int64, times count: Int64 = 1) {
        let pieces = Int128(count)
        lines += count
        countedUnits += Int128(counted) * pieces
        listUnits += fee.list * pieces
        discountUnits += fee.discount * pieces
        truncatedUnits += fee.truncated * pieces
        dueUnits += fee.due * pieces
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

/// Sums by the groups of a rating; one worker has its own, and they are brought together at the end.
final class UsageTotals {
    let groups: [UsageGroup]
    private let names: [NameTable]
    /// Each folds one more column into the key; the last gives the sum's place.
    private let pairs: [PairTable]
    private(set) var sums: [UsageSum] = []

    init(groups: [UsageGroup]) {
        self.groups = groups
        dependsOnTime = groups.contains { $0.column == nil }
        names = groups.map { _ in NameTable() }
        pairs = groups.map { _ in PairTable() }
    }

    /// Sets the keys of a row's names; those of time are set piece by piece.
    @inline(__always)
    func setNames(of row: UsageRow, keys: inout [Int32]) {
        for (index, group) in groups.enumerated() {
            if let column = group.column { keys[index] = names[index].number(of: row.bytes(column)) }
        }
    }

    /// Whether pieces of one row can belong to several groups.
    let dependsOnTime: Bool

    /// Sets the keys of time for a piece.
    func setTime(_ start: Int64, zone: BillingZone, keys: inout [Int32]) {
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

    /// The place of a key's sum.
    @inline(__always)
    func place(of keys: [Int32]) -> Int {
        var key: Int32 = 0
        for index in keys.indices { key = pairs[index].number(of: key, keys[index]) }
        if Int(key) >= sums.count { sums.append(UsageSum()) }
        return Int(key)
    }

    @inline(__always)
    func add(_ fee: UsageRate.Fee, counted: Int64, at place: Int) { sums[place].add(fee, counted: counted) }

    @inline(__always)
    func add(_ sum: UsageSum, at place: Int) { sums[place].add(sum) }

    /// Takes in what another worker summed.
    func absorb(_ other: UsageTotals) {
        let renamed = groups.indices.map { index in
            groups[index].column == nil
                ? []
                : (0..<Int32(other.names[index].count)).map { number in
                    Array(other.names[index].bytes(of: number)).withUnsafeBytes { names[index].number(of: $0) }
                }
        }
        for place in other.sums.indices {
            let keys = other.keys(at: place).enumerated().map { index, key in
                groups[index].column == nil ? key : renamed[index][Int(key)]
            }
            sums[self.place(of: keys)].add(other.sums[place])
        }
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
    func sorted(zone: BillingZone) -> [(texts: [ArraySlice<UInt8>], sum: UsageSum)] {
        let texts = sums.indices.map { place in
            keys(at: place).enumerated().map { index, key in text(key, index, zone: zone) }
        }
        let places = groups.indices.map { index in ranks(of: index, texts: texts) }
        let order = sums.indices.sorted { left, right in
            for index in places.indices where places[index][left] != places[index][right] {
                return places[index][left] < places[index][right]
            }
            return false
        }
        return order.map { (texts[$0], sums[$0]) }
    }

    private func text(_ key: Int32, _ index: Int, zone: BillingZone) -> ArraySlice<UInt8> {
        groups[index].column == nil
            ? ArraySlice(groups[index].text(of: key, zone: zone).utf8) : names[index].bytes(of: key)
    }

    /// Where each group's text of a column stands among all texts of that column.
    private func ranks(of index: Int, texts: [[ArraySlice<UInt8>]]) -> [Int32] {
        var ranks: [Int32: Int32] = [:]
        let keys = sums.indices.map { self.keys(at: $0)[index] }
        var seen: [Int32: Int] = [:]
        for (place, key) in keys.enumerated() where seen[key] == nil { seen[key] = place }
        let ordered = seen.sorted { texts[$0.value][index].lexicographicallyPrecedes(texts[$1.value][index]) }
        for (rank, entry) in ordered.enumerated() { ranks[entry.key] = Int32(rank) }
        return keys.map { ranks[$0] ?? 0 }
    }
}
