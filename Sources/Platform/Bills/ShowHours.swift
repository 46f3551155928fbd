public import Identity
public import Kernel
import Metering

/// Where a clock hour stands on its way to the bill.
public enum HourState: String, Hashable, Sendable, CaseIterable {
    /// It has not ended.
    case open
    /// It has ended; what is proven and told of it is being settled, and its lines may not be complete.
    case provisional
    /// All that was known of it is billed; what is told from now on is a correction.
    case closed
}

/// Shows which hours are closed, which are provisional, and what they wait for.
public struct ShowHours: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// One hour and how many stretches are not proven until its end.
    public struct Hour: Hashable, Sendable {
        public let start: Second
        public let state: HourState
        /// Whom the close waits for, at the latest until its patience is over.
        public let unproven: Int
    }

    /// The last closed hour, those that are provisional, and the open one; at most `Limits.shownHours`.
    public func callAsFunction(caller: Caller) async throws -> [Hour] {
        try caller.require(.read, in: Scope(account: caller.account))
        let present = ports.settings.zone.startOfHour(ports.clock.now().second)
        return try await ports.store.read { transaction in
            let first = try transaction.openHour() ?? present
            let start = max(first, present - Int64(Limits.shownHours) * 3_600)
            let hours = stride(from: start.value - 3_600, through: max(present, start).value, by: 3_600).map {
                Second($0)
            }
            return try hours.map { hour in
                let state: HourState = hour < first ? .closed : hour < present ? .provisional : .open
                let unproven =
                    state == .provisional
                    ? try transaction.unprovenSegments(until: hour + 3_600, witness: .executor).count : 0
                return Hour(start: hour, state: state, unproven: unproven)
            }
        }
    }
}
