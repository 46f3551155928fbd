public import Kernel

/// Reads a tenant's GPUs minute by minute as Helios gives them; minutes with the same number running are one stretch.
///
/// Pending and idle GPUs are added up, never billed. Times are the cluster's, those of UTC+08:00.
public final class HeliosTrace: TraceReader {
    private let columns: TraceColumns
    private let offer: TraceOffer
    private let zone: BillingZone
    private let name: String
    private var level: (running: Int64, start: Second, end: Second)?
    private var last: Second?
    private var minutes: Int128 = 0
    private var running: Int128 = 0
    private var pending: Int128 = 0
    private var total: Int128 = 0
    private var greatest: Int64 = 0

    public init(header: [UInt8], tenant: String, offer: TraceOffer, zone: BillingZone = .beijing) throws(Faults) {
        columns = try TraceColumns(
            header: header, ["time", "running_gpu_num", "pending_gpu_num", "total_gpu_num"])
        name = tenant
        self.offer = offer
        self.zone = zone
    }

    public var tenant: String? { name }

    public func read(_ line: UnsafeRawBufferPointer) throws(Fault) -> TraceUse? {
        let fields = try columns.fields(line)
        guard let minute = Second(iso8601: String(fields[0]), in: zone), minute.value.isMultiple(of: 60) else {
            throw Fault(.malformedBody, "time is no minute such as 2020-05-01 00:00:00")
        }
        if let last, minute <= last { throw Fault(.malformedBody, "time is not after that of the line before") }
        let running = try columns.integer(fields, 1, in: 0...Limits.traceNodes)
        let pending = try columns.integer(fields, 2, in: 0...Limits.traceNodes)
        let total = try columns.integer(fields, 3, in: 0...Limits.traceNodes)
        last = minute
        minutes += 1
        self.running += Int128(running)
        self.pending += Int128(pending)
        self.total += Int128(total)
        greatest = max(greatest, running)
        if let level, level.running == running, level.end == minute {
            self.level?.end = minute + 60
            return nil
        }
        defer { level = (running, minute, minute + 60) }
        return use
    }

    public func finish() -> TraceUse? {
        defer { level = nil }
        return use
    }

    /// The stretch as it stands; nil where nothing ran.
    private var use: TraceUse? {
        guard let level, level.running > 0 else { return nil }
        return TraceUse(
            account: name, project: name, resource: name, product: offer.product, flavor: offer.flavor,
            quantity: level.running, start: level.start, end: level.end)
    }

    public var figures: [TraceFigure] {
        [
            TraceFigure("minutes", minutes), TraceFigure("running_gpu_minutes", running),
            TraceFigure("pending_gpu_minutes", pending), TraceFigure("total_gpu_minutes", total),
            TraceFigure("max_running", Int128(greatest), isGreatest: true),
        ]
    }
}
