/// One use at one bare price, cut on the clock hour: its fees by whole numbers of 64 bits alone.
///
/// A part of the first hour, whole hours, a part of the last; each is truncated as a line of its own. Whoever rates
/// millions of uses keeps nothing else of most of them.
public struct BareUse: Hashable, Sendable {
    /// Whole hours between the first and the last part.
    public let hours: Int64
    /// Seconds of the last part; 0 where the use ends on the hour.
    public let lastSeconds: Int64
    /// Units of 10^-8 of the first part, of each whole hour and of the last part.
    public let firstFee: Int64
    public let hourFee: Int64
    public let lastFee: Int64

    /// Nil where 64 bits do not hold it.
    ///
    /// - Parameters:
    ///   - price: of one unit, units of 10^-10.
    ///   - quantity: whole nodes or gigabytes.
    ///   - divisor: counted seconds of one unit times 100: what brings the product to 10^-8.
    ///   - start: in seconds of the zone in which hours are cut.
    ///   - seconds: of the use, above 0.
    @inlinable
    @inline(__always)
    public init?(price: UInt64, quantity: UInt64, divisor: UInt64, start: Int64, seconds: Int64) {
        let (perSecond, isDear) = price.multipliedReportingOverflow(by: quantity)
        guard !isDear, perSecond <= UInt64.max / 3_600 else { return nil }
        let first = min(seconds, 3_600 - Self.secondOfHour(start))
        (hours, lastSeconds) = (seconds - first).quotientAndRemainder(dividingBy: 3_600)
        firstFee = Int64(truncatingIfNeeded: perSecond &* UInt64(first) / divisor)
        hourFee = hours > 0 ? Int64(truncatingIfNeeded: perSecond &* 3_600 / divisor) : 0
        lastFee = lastSeconds > 0 ? Int64(truncatingIfNeeded: perSecond &* UInt64(lastSeconds) / divisor) : 0
    }

    /// Lines that a bill would have.
    @inlinable
    @inline(__always)
    public var pieces: Int64 { 1 + hours + (lastSeconds > 0 ? 1 : 0) }

    /// All parts together, units of 10^-8.
    @inlinable
    @inline(__always)
    public var list: Int128 { Int128(firstFee) + Int128(hours) * Int128(hourFee) + Int128(lastFee) }

    /// Seconds since the clock hour began, whatever the sign.
    @inlinable
    @inline(__always)
    public static func secondOfHour(_ second: Int64) -> Int64 {
        let rest = second % 3_600
        return rest < 0 ? rest + 3_600 : rest
    }
}
