/// A moment in UTC, to the millisecond: when something happened, as people and logs see it.
public struct Instant: Hashable, Sendable, Comparable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public let milliseconds: Int64

    /// Takes milliseconds since 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The first moment of a second.
    public init(_ second: Second) { milliseconds = second.value * 1_000 }

    /// The whole second this moment lies in (law 1: times are truncated once, here).
    public var second: Second {
        Second(milliseconds >= 0 ? milliseconds / 1_000 : (milliseconds - 999) / 1_000)
    }

    /// The moment so many milliseconds later.
    public func advanced(milliseconds more: Int64) -> Instant {
        Instant(milliseconds: milliseconds + more)
    }

    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
}

/// A whole second in UTC: the only time that billing knows.
public struct Second: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z.
    public let value: Int64

    /// Takes seconds since 1970-01-01T00:00:00Z.
    public init(_ value: Int64) { self.value = value }

    /// ISO 8601 in UTC, such as `2026-03-01T08:00:00Z`.
    public var description: String { CivilTime(self, offset: 0).text + "Z" }

    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
    public static func - (left: Self, right: Self) -> Int64 { left.value - right.value }
    public static func + (left: Self, seconds: Int64) -> Second { Second(left.value + seconds) }
    public static func - (left: Self, seconds: Int64) -> Second { Second(left.value - seconds) }
}

/// The time of day and the source of every timestamp below the composition root.
public protocol WallClock: Sendable {
    /// The present moment.
    func now() -> Instant
}
