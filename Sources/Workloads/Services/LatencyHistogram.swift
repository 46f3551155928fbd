/// How long calls took: counts in buckets whose width grows with the value, so that every percentile is known within
/// 1.6 %, however many calls there were.
///
/// The layout is HdrHistogram's with two significant digits: values below 64 µs are exact, each power of two above has
/// 64 buckets. See http://hdrhistogram.org.
public struct LatencyHistogram: Hashable, Sendable {
    /// Calls by bucket; buckets without any are not there.
    public private(set) var counts: [Int: Int64]

    /// - Parameter counts: as `counts` gave them.
    public init(_ counts: [Int: Int64] = [:]) { self.counts = counts }

    private static let bits = 6
    private static let width: Int64 = 1 << Int64(bits)
    /// A day: what takes longer counts as that.
    private static let greatest: Int64 = 86_400_000_000

    /// Counts a call of so many microseconds.
    public mutating func record(microseconds: Int64) {
        counts[Self.bucket(of: min(max(microseconds, 0), Self.greatest)), default: 0] += 1
    }

    public mutating func add(_ other: LatencyHistogram) {
        for (bucket, count) in other.counts { counts[bucket, default: 0] += count }
    }

    public var total: Int64 { counts.values.reduce(0, +) }

    /// The value, in microseconds, below or at which so many thousandths of all calls are; nil where there are none.
    public func percentile(thousandths: Int64) -> Int64? {
        let total = total
        guard total > 0 else { return nil }
        let wanted = max(1, (total * thousandths + 999) / 1_000)
        var seen: Int64 = 0
        for bucket in counts.keys.sorted() {
            seen += counts[bucket] ?? 0
            if seen >= wanted { return Self.highest(in: bucket) }
        }
        return nil
    }

    private static func bucket(of value: Int64) -> Int {
        guard value >= width else { return Int(value) }
        let power = Int64.bitWidth - 1 - value.leadingZeroBitCount - bits
        return (power + 1) << bits + Int(value >> Int64(power)) - Int(width)
    }

    /// The greatest value that a bucket holds.
    private static func highest(in bucket: Int) -> Int64 {
        guard bucket >= Int(width) else { return Int64(bucket) }
        let power = Int64(bucket >> bits) - 1
        let lowest = (Int64(bucket) % width + width) << power
        return lowest + (1 << power) - 1
    }
}
