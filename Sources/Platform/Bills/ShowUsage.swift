public import Billing
public import Identity
public import Kernel
public import Metering
public import Money
public import Pricing
import Workloads

/// Shows what is used and not billed yet, now, before the hour closes.
public struct ShowUsage: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// What one resource has used.
    public struct Usage: Sendable {
        public let resource: ResourceID
        public let resourceName: String
        public let project: ProjectID
        public let product: ProductID
        public let flavor: FlavorID
        public let quantity: Int64
        public let start: Second
        /// The second until which it is counted; the present one where it runs.
        public let until: Second
        public let isRunning: Bool
        /// Whether the last seconds are the server's own clock, not yet proven by the executor.
        public let isEstimated: Bool
        /// Billed already: seconds and amount.
        public let billedSeconds: Int64
        public let billed: Amount
        /// What its use is counted in.
        public let unit: UsageUnit
        /// Not billed yet: what the next close will show.
        public let unbilled: [BillLineDraft]

        /// Seconds from start until now.
        public var seconds: Int64 { until - start }
        /// The whole fee so far.
        public var fee: Amount { unbilled.reduce(billed) { $0 + $1.due } }
    }

    /// What an account uses now, and its currency.
    public struct Overview: Sendable {
        public let at: Instant
        public let usages: [Usage]
        public let currency: Currency
    }

    /// - Parameters:
    ///   - resource: one resource, billed for good or not; nil for all that have something unbilled.
    ///   - project: the project it must belong to; nil for any of the account.
    public func callAsFunction(
        account: AccountID, project: ProjectID?, resource: ResourceID?, caller: Caller
    ) async throws -> Overview {
        try caller.require(.read, in: Scope(account: account, project: project))
        let ports = self.ports
        let now = ports.clock.now()
        return try await ports.store.read { transaction in
            let stretches: [MeteredSegment] =
                try resource.map { try transaction.meteredSegments(of: $0) }
                ?? transaction.unsettled(of: account)
            let mine = stretches.filter { metered in
                metered.account == account && (project.map { $0 == metered.project } ?? true)
            }
            return Overview(
                at: now,
                usages: try mine.compactMap { try transaction.usage(of: $0, at: now.second, ports: ports) },
                currency: try transaction.requiredTerms(of: account).currency)
        }
    }
}

extension StoreTransaction {
    /// What a stretch has used until a second; nil where it has not started.
    func usage(of metered: MeteredSegment, at now: Second, ports: Ports) throws -> ShowUsage.Usage? {
        if metered.meter != nil { return try usage(ofSeries: metered, at: now, ports: ports) }
        let facts = try facts(of: metered.segment.id)
        guard let proven = try RunInterval.of(facts) else { return nil }
        let isRunning = try !proven.isEnded && isAtWork(metered)
        let interval =
            isRunning && now > proven.provenUntil
            ? RunInterval(start: proven.start, provenUntil: now, isEnded: false) : proven
        let lines = try billLines(of: metered.segment.resource, account: metered.account)
            .filter { $0.segment == metered.segment.id }
        return ShowUsage.Usage(
            resource: metered.segment.resource, resourceName: metered.resourceName, project: metered.project,
            product: metered.segment.product, flavor: metered.segment.flavor, quantity: metered.segment.quantity,
            start: interval.start, until: interval.provenUntil, isRunning: isRunning, isEstimated: isRunning,
            billedSeconds: lines.reduce(0) { $0 + $1.seconds }, billed: lines.reduce(.zero) { $0 + $1.due },
            unit: try ports.catalogue.book(metered.book).unit(of: metered.segment.product),
            unbilled: try unbilledCharges(
                of: metered, facts: facts, until: isRunning ? interval.provenUntil : nil, ports: ports))
    }

    /// What a series has read; its seconds are none, since events take no time.
    private func usage(ofSeries metered: MeteredSegment, at now: Second, ports: Ports) throws -> ShowUsage.Usage? {
        let lines = try billLines(of: metered.segment.resource, account: metered.account)
            .filter { $0.segment == metered.segment.id }
        let unbilled = try unbilledCharges(of: metered, facts: [], ports: ports)
        guard let start = lines.first?.from ?? unbilled.first?.from else { return nil }
        return ShowUsage.Usage(
            resource: metered.segment.resource, resourceName: metered.resourceName, project: metered.project,
            product: metered.segment.product, flavor: metered.segment.flavor, quantity: metered.segment.quantity,
            start: start, until: max(start, now), isRunning: false, isEstimated: false, billedSeconds: 0,
            billed: lines.reduce(.zero) { $0 + $1.due },
            unit: try ports.catalogue.book(metered.book).unit(of: metered.segment.product), unbilled: unbilled)
    }

    /// The stretches and series of an account with something that no bill shows yet.
    fileprivate func unsettled(of account: AccountID) throws -> [MeteredSegment] {
        let series = try unsettledSeries(of: account, before: Second(.max)).compactMap { series in
            try meteredSegment(series.segment)
        }
        return try unsettledSegments(of: account).map(\.metered) + series
    }
}
