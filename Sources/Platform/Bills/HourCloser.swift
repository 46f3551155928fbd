import Billing
import Kernel
import Ledger
import Metering
import Pricing
import Rating
import Workloads

/// Closes clock hours: every second that is proven, and every event, becomes bill lines and postings; then the mark
/// moves on.
///
/// An hour is open until it ends, provisional until everything of it is settled, then closed: see `HourState`. Closing
/// can be stopped at any point: lines are the difference between what the facts say and what is billed, so a second run
/// adds nothing, and the mark moves only when everything has been settled. It writes in small transactions, between
/// which requests have their turn.
public final class HourCloser: Sendable {
    private let ports: Ports
    private let follow: @Sendable (TakeEvidence.Taken) -> Void

    /// Stretches, or series, settled in one transaction, so that requests are not kept waiting.
    private static let batch = 400

    /// - Parameter follow: does what is to be done where an hour's proofs show that a job has ended.
    init(_ ports: Ports, follow: @escaping @Sendable (TakeEvidence.Taken) -> Void) {
        self.ports = ports
        self.follow = follow
    }

    /// Closes hours beside a supervisor, which goes on with jobs whose end is found on the way.
    public convenience init(_ ports: Ports, supervisor: TrainingJobSupervisor) {
        self.init(ports, follow: supervisor.follow)
    }

    /// Works until its task is cancelled.
    public func run() async throws {
        while !Task.isCancelled {
            do {
                try await closeDueHours()
            } catch {
                ports.journal.note(
                    .error, "An hour could not be closed; it will be tried again.", ["error": "\(error)"])
            }
            try await Task.sleep(for: .milliseconds(200))
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
    /// clock was moved by one, is at work at once. Months that ended meanwhile are closed one by one, with what
    /// their fees lack to a minimum.
    ///
    /// True where there were such hours.
    private func passIdleHours(from hour: Second) async throws -> Bool {
        let zone = ports.settings.zone
        let open = zone.startOfHour(ports.clock.now().second - ports.settings.closeDelaySeconds)
        let used = try await ports.store.read { try $0.firstUnsettled(unknownAs: hour) }.map(zone.startOfHour)
        let next = min(open, used ?? open)
        guard next > hour else { return false }
        var month = zone.bounds(ofCycle: zone.cycle(hour))
        while let end = month?.upperBound, end <= next {
            try await settleMinimums(through: end - 3_600, settledUses: [])
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
        try await Testify(ports)(until: end)
        var isComplete = true
        for segment in try await ports.store.read({ try $0.unprovenSegments(until: end, witness: .executor) }) {
            let proven = try await TakeProof(ports, follow: follow)(of: segment)
            if proven.map({ $0 < end }) ?? true { isComplete = false }
        }
        return isComplete || end + ports.settings.closePatienceSeconds <= ports.clock.now().second
    }

    private func settle(through hour: Second) async throws {
        var uses = try await settleStretches(through: hour)
        uses = try await settleSeries(through: hour, settledUses: uses)
        uses = try await settlePackages(through: hour, settledUses: uses)
        if ports.settings.zone.month(of: hour).upperBound == hour + 3_600 {
            try await settleMinimums(through: hour, settledUses: uses)
        }
    }

    private func settleStretches(through hour: Second) async throws -> Set<AccountUse> {
        let ports = self.ports
        var settled: Set<AccountUse> = []
        var last: ProvenSegment?
        while true {
            let (uses, after) = (settled, last)
            (last, settled) = try await ports.store.write { transaction in
                let stretches = try transaction.unsettledSegments(
                    before: hour + 3_600, after: after, limit: Self.batch)
                var settle = try SettleHour(through: hour, settledUses: uses, transaction: transaction, ports: ports)
                for stretch in stretches { try settle.settle(stretch) }
                try settle.post()
                return (stretches.last, settle.settledUses)
            }
            if last == nil { return settled }
        }
    }

    private func settleSeries(through hour: Second, settledUses: Set<AccountUse>) async throws -> Set<AccountUse> {
        let ports = self.ports
        var settled = settledUses
        var rest = try await ports.store.read { try $0.unsettledSeries(of: nil, before: hour + 3_600) }[...]
        while !rest.isEmpty {
            let (uses, batch) = (settled, rest.prefix(Self.batch))
            rest = rest.dropFirst(Self.batch)
            settled = try await ports.store.write { transaction in
                var settle = try SettleHour(through: hour, settledUses: uses, transaction: transaction, ports: ports)
                for series in batch { try settle.settle(series) }
                try settle.post()
                return settle.settledUses
            }
        }
        return settled
    }

    /// New packages may cover what is billed already, though nothing of it runs any more.
    private func settlePackages(through hour: Second, settledUses: Set<AccountUse>) async throws -> Set<AccountUse> {
        let ports = self.ports
        var settled = settledUses
        for new in try await ports.store.read({ try $0.newPackages(before: hour + 3_600) }) {
            let uses = settled
            settled = try await ports.store.write { transaction in
                var settle = try SettleHour(
                    through: hour, settledUses: uses, transaction: transaction, ports: ports)
                try settle.settlePackages(of: new.account, product: new.package.product)
                try settle.post()
                return settle.settledUses
            }
        }
        return settled
    }

    /// With a month's last hour, minimum fees are due also for what no longer runs.
    private func settleMinimums(through hour: Second, settledUses: Set<AccountUse>) async throws {
        let ports = self.ports
        let priced = Set(
            ports.catalogue.books.all.flatMap(\.prices).filter { $0.formula.minimum != nil }.map {
                PricedUse(product: $0.product, flavor: $0.flavor)
            })
        guard !priced.isEmpty else { return }
        for use in try await ports.store.read({ try $0.accountUses() })
        where !settledUses.contains(use) && priced.contains(PricedUse(product: use.product, flavor: use.flavor)) {
            try await ports.store.write { transaction in
                var settle = try SettleHour(
                    through: hour, settledUses: settledUses, transaction: transaction, ports: ports)
                try settle.settleMinimum(of: use)
                try settle.post()
            }
        }
    }

    /// Moves the leases of running work ahead, except where its account is in arrears: then the rest of the lease is
    /// the grace period, and the shim ends the work by itself.
    private func renewLeases() async throws {
        let until = ports.clock.now().advanced(milliseconds: ports.settings.leaseSeconds * 1_000)
        let attempts = try await ports.store.read { transaction in
            let leased = try transaction.leasedAttempts()
            let owing = try Set(leased.map(\.account)).filter { try transaction.wallet(of: $0).isInArrears }
            return leased.filter { !owing.contains($0.account) }.map(\.attempt)
        }
        for attempt in attempts { try await ports.executor.renewLease(attempt, until: until) }
    }
}
