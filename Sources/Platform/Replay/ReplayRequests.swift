import Identity
import Kernel
public import Metering
public import Pricing
import Wire

/// Lives through a trace of requests: sends each as an event, `llm.request`, and closes every hour.
///
/// The meters of the price book say what is billed of it. Events come when their hour is over, as from a gateway that
/// sends in batches; one that is told later still counts in the hour it happened in.
public struct ReplayRequests {
    private let ports: Ports
    private let time: ReplayTime
    private let takeEvents: TakeEvents
    private var tenants: ReplayTenants
    private let meters: [Meter]
    /// Events to send, by account.
    private var waiting: [AccountID: [JSONValue]] = [:]
    private var waitingCount = 0
    public private(set) var told = ReplayTold()

    /// The type of the events.
    public static let eventType = "llm.request"

    /// Events in one body.
    private static let batch = 5_000

    /// Takes ports whose clock is the one that is moved; it must not stand behind the first request.
    public init(_ ports: Ports, clock: any MovableClock, book: PriceBook) async throws {
        self.ports = ports
        time = ReplayTime(ports, clock: clock)
        takeEvents = TakeEvents(ports)
        tenants = try await ReplayTenants(ports, book: book)
        meters = book.meters(ofEvents: Self.eventType)
    }

    /// Replays requests until there are no more, and closes the last hour that had any.
    public mutating func callAsFunction(next: () throws -> TraceRequest?) async throws {
        let zone = ports.settings.zone
        guard var upcoming = try next() else { return }
        var hour = zone.startOfHour(upcoming.start)
        var isOver = false
        try await time.begin(at: hour)
        while !isOver {
            hour = max(hour, zone.startOfHour(upcoming.start))
            let end = hour + 3_600
            try time.move(to: end)
            while !isOver, upcoming.start < end {
                try await take(upcoming, inHour: hour)
                if let request = try next() { upcoming = request } else { isOver = true }
                if waitingCount >= Self.batch { try await send() }
            }
            try await send()
            try await time.pass(end)
            hour = end
        }
        try await time.finish(from: hour)
    }

    private mutating func take(_ request: TraceRequest, inHour hour: Second) async throws {
        let (tenant, new) = try tenants.find(account: request.account, project: request.account)
        if !new.isEmpty {
            try await ports.store.write { transaction in for item in new { try item.insert(into: transaction) } }
        }
        waiting[tenant.account, default: []].append(
            [
                "specversion": "1.0", "id": .string(String(request.number)),
                "source": .string("/traces/\(tenant.account)"),
                "type": .string(Self.eventType), "time": .string(request.start.description),
                "subject": .string(request.account), "project": .string(tenant.project.text),
                "data": [
                    "input_tokens": .number(String(request.inputTokens)),
                    "output_tokens": .number(String(request.outputTokens)),
                ],
            ])
        waitingCount += 1
        told.note(request.start..<(request.start + 1), isLate: request.start < hour)
        for meter in meters where meter.isInForce(at: request.start) {
            guard case .always(let flavor) = meter.flavor, let counted = request.counted(by: meter) else { continue }
            told.count(
                Int128(counted), of: AccountUse(account: tenant.account, product: meter.product, flavor: flavor))
        }
    }

    /// Sends what waits, a body an account.
    private mutating func send() async throws {
        for (account, events) in waiting.sorted(by: { $0.key < $1.key }) {
            let caller = Caller(account: account, user: UserID("replay"), role: .member, requestID: "replay")
            _ = try await takeEvents(JSONValue.array(events).bytes(.compact), project: nil, caller: caller)
        }
        waiting.removeAll()
        waitingCount = 0
    }
}

extension TraceRequest {
    /// What a meter that adds up counts of it; nil for other meters.
    func counted(by meter: Meter) -> Int64? {
        switch (meter.aggregation, meter.value.names) {
        case (.count, _): 1
        case (.sum, ["input_tokens"]): inputTokens
        case (.sum, ["output_tokens"]): outputTokens
        default: nil
        }
    }
}
