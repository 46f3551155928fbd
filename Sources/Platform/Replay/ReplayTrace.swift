import Billing
import Identity
public import Kernel
public import Metering
public import Pricing

/// Lives through a trace: tells the meter of its uses hour by hour, as executors would, and closes every hour.
///
/// A use that starts before the present hour is told late, and billed as late facts are.
public struct ReplayTrace {
    private let ports: Ports
    private let clock: any MovableClock
    private let closer: HourCloser
    private var tenants: ReplayTenants
    private var running: [Running] = []
    private var acts: [Act] = []
    public private(set) var told = Told()

    /// What the books were told of.
    public struct Told: Sendable {
        public fileprivate(set) var uses: Int64 = 0
        /// Node-seconds of an account, by its id.
        public fileprivate(set) var nodeSeconds: [String: Int128] = [:]
        public fileprivate(set) var first: Second?
        public fileprivate(set) var last: Second?
        /// Uses that were told after their first hour had been closed.
        public fileprivate(set) var late: Int64 = 0
    }

    private struct Running {
        let segment: SegmentID
        let end: Second
        var sequence: Int64
    }

    private enum Act: Sendable {
        case tenant(ReplayTenants.New)
        case stretch(MeteredSegment)
        case fact(Fact)
    }

    /// Acts in one transaction.
    private static let batch = 1_000

    /// Takes ports whose clock is the one that is moved; it must not stand behind the first use.
    public init(_ ports: Ports, clock: any MovableClock, book: PriceBook) async throws {
        self.ports = ports
        self.clock = clock
        closer = HourCloser(ports)
        tenants = try await ReplayTenants(ports, book: book)
    }

    /// Replays uses until there are no more, and closes the last hour that anything was used in.
    public mutating func callAsFunction(next: () throws -> TraceUse?) async throws {
        let zone = ports.settings.zone
        guard var upcoming = try next() else { return }
        var hour = zone.startOfHour(upcoming.start)
        var isOver = false
        try await open(hour)
        while !isOver || !running.isEmpty {
            if running.isEmpty { hour = max(hour, zone.startOfHour(upcoming.start)) }
            while !isOver, upcoming.start < hour + 3_600 {
                try begin(upcoming, inHour: hour)
                if let use = try next() { upcoming = use } else { isOver = true }
                if acts.count >= Self.batch { try await tell() }
            }
            hour = hour + 3_600
            try await prove(until: hour)
            try await pass(hour)
        }
        try await settleRest(from: hour)
    }

    /// Notes where billing begins: the books know no earlier hour.
    private func open(_ hour: Second) async throws {
        try await ports.store.write { transaction in
            if try transaction.openHour() == nil { try transaction.setOpenHour(hour) }
        }
    }

    private mutating func begin(_ use: TraceUse, inHour hour: Second) throws {
        guard running.count < Limits.traceRunning else {
            throw Fault(.quotaExceeded, "More than \(Limits.traceRunning) uses go on at \(use.start).")
        }
        let (tenant, new) = try tenants.find(account: use.account, project: use.project)
        acts += new.map(Act.tenant)
        told.uses += 1
        let resource = resource(of: use)
        let segment = Segment(
            id: SegmentID("\(resource)/\(told.uses)"), resource: resource, product: use.product, flavor: use.flavor,
            quantity: use.quantity)
        acts.append(
            .stretch(
                MeteredSegment(
                    segment: segment, account: tenant.account, project: tenant.project, resourceName: use.resource,
                    book: tenants.book.id.text)))
        acts.append(.fact(Fact(segment: segment.id, sequence: 0, at: use.start, kind: .started)))
        running.append(Running(segment: segment.id, end: use.end, sequence: 0))
        told.nodeSeconds[tenant.account.text, default: 0] += Int128(use.quantity) * Int128(use.seconds)
        told.first = min(told.first ?? use.start, use.start)
        told.last = max(told.last ?? use.end, use.end)
        if use.start < hour { told.late += 1 }
    }

    /// The same name is the same resource: its id is a digest, so that no list of names is kept.
    private func resource(of use: TraceUse) -> ResourceID {
        let name = [use.account, use.project, use.resource].map { "\($0.utf8.count):\($0)" }.joined()
        return ResourceID(Hexadecimal.text(ports.secrets.digests.sha256(Array(name.utf8)).prefix(16)))
    }

    /// Tells what ended by a second, and of the rest that it still ran then.
    private mutating func prove(until second: Second) async throws {
        var going: [Running] = []
        for var use in running {
            use.sequence += 1
            let isEnded = use.end <= second
            acts.append(
                .fact(
                    Fact(
                        segment: use.segment, sequence: use.sequence, at: isEnded ? use.end : second,
                        kind: isEnded ? .ended : .alive)))
            if !isEnded { going.append(use) }
            if acts.count >= Self.batch { try await tell() }
        }
        running = going
        try await tell()
    }

    /// Writes what there is to tell, in one transaction.
    private mutating func tell() async throws {
        let now = ports.clock.now()
        let told = acts
        acts.removeAll(keepingCapacity: true)
        guard !told.isEmpty else { return }
        try await ports.store.write { transaction in
            for act in told {
                switch act {
                case .tenant(let new): try new.insert(into: transaction)
                case .stretch(let metered): try transaction.insert(metered)
                case .fact(let fact): try transaction.append(fact, recordedAt: now)
                }
            }
        }
    }

    /// Lets the clock stand where the hour before a second is closed, and closes it.
    private func pass(_ end: Second) async throws {
        try clock.move(to: Instant(end + ports.settings.closeDelaySeconds))
        try await closer.closeDueHours()
    }

    /// Closes the hours into which a product's minimum reaches beyond the use.
    private func settleRest(from end: Second) async throws {
        var end = end
        let last = end + Limits.priceBookMinimumSeconds + 86_400
        while end < last, try await isUnsettled(after: end) {
            end = end + 3_600
            try await pass(end)
        }
    }

    private func isUnsettled(after end: Second) async throws -> Bool {
        try await ports.store.read { try $0.firstUnsettled(unknownAs: end) != nil }
    }
}
