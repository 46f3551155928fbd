import Billing
import Identity
import Kernel
public import Metering
public import Pricing

/// Lives through a trace: tells the meter of its uses hour by hour, as executors would, and closes every hour.
///
/// A use that starts before the present hour is told late, and billed as late facts are.
public struct ReplayTrace {
    private let ports: Ports
    private let time: ReplayTime
    private var tenants: ReplayTenants
    private var running: [Running] = []
    private var acts: [Act] = []
    public private(set) var told = ReplayTold()

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
        time = ReplayTime(ports, clock: clock)
        tenants = try await ReplayTenants(ports, book: book)
    }

    /// Replays uses until there are no more, and closes the last hour that anything was used in.
    public mutating func callAsFunction(next: () throws -> TraceUse?) async throws {
        let zone = ports.settings.zone
        guard var upcoming = try next() else { return }
        var hour = zone.startOfHour(upcoming.start)
        var isOver = false
        try await time.begin(at: hour)
        while !isOver || !running.isEmpty {
            if running.isEmpty { hour = max(hour, zone.startOfHour(upcoming.start)) }
            while !isOver, upcoming.start < hour + 3_600 {
                try begin(upcoming, inHour: hour)
                if let use = try next() { upcoming = use } else { isOver = true }
                if acts.count >= Self.batch { try await tell() }
            }
            hour = hour + 3_600
            try await prove(until: hour)
            try await time.pass(hour)
        }
        try await time.finish(from: hour)
    }

    private mutating func begin(_ use: TraceUse, inHour hour: Second) throws {
        guard running.count < Limits.traceRunning else {
            throw Fault(.quotaExceeded, "More than \(Limits.traceRunning) uses go on at \(use.start).")
        }
        let (tenant, new) = try tenants.find(account: use.account, project: use.project)
        acts += new.map(Act.tenant)
        let resource = resource(of: use)
        let segment = Segment(
            id: SegmentID("\(resource)/\(told.items + 1)"), resource: resource, product: use.product,
            flavor: use.flavor, quantity: use.quantity)
        acts.append(
            .stretch(
                MeteredSegment(
                    segment: segment, account: tenant.account, project: tenant.project, resourceName: use.resource,
                    book: tenants.book.id.text)))
        acts.append(.fact(Fact(segment: segment.id, sequence: 0, at: use.start, kind: .started)))
        running.append(Running(segment: segment.id, end: use.end, sequence: 0))
        told.note(use.start..<use.end, isLate: use.start < hour)
        told.count(
            Int128(use.quantity) * Int128(use.seconds),
            of: AccountUse(account: tenant.account, product: use.product, flavor: use.flavor))
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
}
