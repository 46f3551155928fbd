import Kernel

/// A part of every day in the billing zone, such as 22:00 to 06:00; it may pass midnight.
public struct DailyWindow: Hashable, Sendable, CustomStringConvertible {
    /// Minutes after midnight at which it begins, 0 to 1,439.
    public let from: Int64
    /// Minutes after midnight at which it ends, 1 to 1,440.
    public let until: Int64

    /// Takes minutes after midnight; nil where they are none, or both the same.
    public init?(from: Int64, until: Int64) {
        guard (0..<1_440).contains(from), (1...1_440).contains(until), from != until else { return nil }
        self.from = from
        self.until = until
    }

    /// Reads `22:00-06:00`.
    public init?(_ text: String) {
        let sides = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard sides.count == 2, let from = Self.minutes(sides[0]), let until = Self.minutes(sides[1]) else {
            return nil
        }
        self.init(from: from, until: until)
    }

    public var description: String { "\(Self.text(from))-\(Self.text(until))" }

    /// Whether a second of the day, 0 to 86,399, lies in it.
    public func contains(secondOfDay: Int64) -> Bool {
        let (start, end) = (from * 60, until * 60)
        return start < end ? (start..<end).contains(secondOfDay) : secondOfDay >= start || secondOfDay < end
    }

    /// Whether the two have a second in common.
    public func overlaps(_ other: DailyWindow) -> Bool {
        contains(secondOfDay: other.from * 60) || other.contains(secondOfDay: from * 60)
    }

    /// Seconds from a second of the day to the next at which it begins or ends, at least 1.
    func secondsToEdge(secondOfDay: Int64) -> Int64 {
        [from * 60, until * 60].map { edge in
            let distance = (edge - secondOfDay) % 86_400
            return distance > 0 ? distance : distance + 86_400
        }.min() ?? 86_400
    }

    private static func minutes(_ text: Substring.UTF8View.SubSequence) -> Int64? {
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hour = Int64(Substring(parts[0])),
            let minute = Int64(Substring(parts[1])), (0...24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        return hour * 60 + minute
    }

    private static func text(_ minutes: Int64) -> String {
        let (hour, minute) = minutes.quotientAndRemainder(dividingBy: 60)
        return (hour < 10 ? "0" : "") + "\(hour):" + (minute < 10 ? "0" : "") + "\(minute)"
    }
}
