import Billing
import Kernel
import Ledger
import Metering

/// Closes clock hours: every second that is proven becomes bill lines and postings, and the mark moves on.
///
/// It can be stopped at any point: lines are the difference between what the facts say and what is billed, so a
/// second run adds nothing, and the mark moves only when every stretch has been settled.
public final class HourCloser: Sendable {
    private let ports: Ports

    /// Stretches settled in one transaction, so that requests are not kept waiting.
    private static let batch = 100

    public init(_ ports: Ports) { self.ports = ports }

    /// Works until its task is cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            do {
                try await closeDueHours()
            } catch {
                ports.journal.note(
                    .error, "An hour could not be closed; it will be tried again.", ["error": "\(error)"])
            }
            try await Task.sleep(for: .milliseconds(500))
        }
    }

    /// Closes every hour that is due, in order; gives how many were.
    @discardableResult
    public func closeDueHours() async throws -> Int {
        var closed = 0
        while let hour = try await dueHour() {
            if try await passIdleHours(from: hour) { continue }
            guard try await isProven(until: hour + 3_600) else { break }
            try await settle(through: hour)
            try await CloseCycle(ports)(ifEndedBy: hour + 3_600)
            try await ports.store.write { try $0.setOpenHour(hour + 3_600) }
            try await renewLeases()
            ports.journal.note(.debug, "A clock hour was closed.", ["hour": "\(hour)"])
            closed += 1
        }
        return closed
    }

    /// Closes the hours in which nothing ran in one step, so that a server that was away for a year, or whose simulated
    /// clock was moved by one, is at work at once. Months that ended meanwhile are closed one by one.
    ///
    /// True where there were such hours.
    private func passIdleHours(from hour: Second) async throws -> Bool {
        let zone = ports.settings.zone
        let open = zone.startOfHour(ports.clock.now().second - ports.settings.closeDelaySeconds)
        let used = try await unsettled().map { stretch in
            zone.startOfHour(try stretch.settledThrough ?? RunInterval.of(stretch.facts)?.start ?? hour)
        }
        let next = min(open, used.min() ?? open)
        guard next > hour else { return false }
        var month = zone.bounds(ofCycle: zone.cycle(hour))
        while let end = month?.upperBound, end <= next {
            try await CloseCycle(ports)(ifEndedBy: end)
            month = zone.bounds(ofCycle: zone.cycle(end))
        }
        try await ports.store.write { try $0.setOpenHour(next) }
        return true
    }

    /// The first open hour, where its end and the delay have passed.
    private func dueHour() async throws -> Second? {
        let now = ports.clock.now().second
        guard let hour = try await ports.store.read({ try $0.openHour() }) else {
            let first = ports.settings.zone.startOfHour(now)
            try await ports.store.write { try $0.setOpenHour(first) }
            return nil
        }
        return hour + 3_600 + ports.settings.closeDelaySeconds <= now ? hour : nil
    }

    /// Whether everything that runs is proven to have run until a second, or patience is over.
    private func isProven(until end: Second) async throws -> Bool {
        var isComplete = true
        for stretch in try await unsettled() where !stretch.isAbandoned {
            let interval = try RunInterval.of(stretch.facts)
            if let interval, interval.isEnded || interval.provenUntil >= end { continue }
            let proven = try await TakeProof(ports)(of: stretch.metered.segment.id)
            if proven.map({ $0 < end }) ?? true { isComplete = false }
        }
        return isComplete || end + ports.settings.closePatienceSeconds <= ports.clock.now().second
    }

    private func settle(through hour: Second) async throws {
        let ports = self.ports
        var last: SegmentID?
        while true {
            let after = last
            last = try await ports.store.write { transaction in
                let stretches = try transaction.unsettledSegments(after: after, limit: Self.batch)
                for stretch in stretches {
                    try SettleSegment(ports: ports, transaction: transaction)(stretch, through: hour)
                }
                return stretches.last?.metered.segment.id
            }
            if last == nil { return }
        }
    }

    /// Moves the leases of running work ahead, except where its account is in arrears: then the rest of the lease is
    /// the grace period, and the shim ends the work by itself.
    private func renewLeases() async throws {
        let until = ports.clock.now().advanced(milliseconds: ports.settings.leaseSeconds * 1_000)
        for stretch in try await unsettled() where !stretch.isAbandoned {
            let wallet = try await ports.store.read { try $0.wallet(of: stretch.metered.account) }
            guard !wallet.isInArrears, try RunInterval.of(stretch.facts)?.isEnded == false else { continue }
            try await ports.executor.renewLease(stretch.metered.segment.id.attempt, until: until)
        }
    }

    private func unsettled() async throws -> [UnsettledSegment] {
        try await ports.store.read { transaction in
            var all: [UnsettledSegment] = []
            while true {
                let more = try transaction.unsettledSegments(after: all.last?.metered.segment.id, limit: 1_000)
                if more.isEmpty { return all }
                all += more
            }
        }
    }
}
