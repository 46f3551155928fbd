public import Kernel

/// Reads the jobs of a Philly cluster as ElasticFlow gives them: submit second, GPUs, seconds; a job is a resource.
///
/// Times are relative to the trace's beginning. Jobs run from the second they were submitted.
public final class PhillyTrace: TraceReader {
    private let columns: TraceColumns
    private let offer: TraceOffer
    private let start: Second
    private let name: String
    private var jobs: Int128 = 0
    private var gpuSeconds: Int128 = 0
    private var greatestEnd: Int64 = 0

    /// - Parameter start: the second that the trace counts from.
    public init(header: [UInt8], tenant: String, offer: TraceOffer, start: Second) throws(Faults) {
        columns = try TraceColumns(header: header, ["job_id", "submit_time", "num_gpu", "duration"])
        name = tenant
        self.offer = offer
        self.start = start
    }

    public var tenant: String? { name }

    public func read(_ line: UnsafeRawBufferPointer) throws(Fault) -> TraceUse? {
        let fields = try columns.fields(line)
        guard (1...Limits.traceNameBytes).contains(fields[0].utf8.count) else {
            throw Fault(.malformedBody, "job_id has not 1 to \(Limits.traceNameBytes) bytes")
        }
        let submitted = try columns.integer(fields, 1, in: 0...Limits.usageSeconds)
        let gpus = try columns.integer(fields, 2, in: 1...Limits.traceNodes)
        let seconds = try columns.integer(fields, 3, in: 0...Limits.usageSeconds)
        jobs += 1
        gpuSeconds += Int128(gpus) * Int128(seconds)
        greatestEnd = max(greatestEnd, submitted + seconds)
        guard seconds > 0 else { return nil }
        return TraceUse(
            account: name, project: name, resource: "job-\(fields[0])", product: offer.product, flavor: offer.flavor,
            quantity: gpus, start: start + submitted, end: start + submitted + seconds)
    }

    public func finish() -> TraceUse? { nil }

    public var figures: [TraceFigure] {
        [
            TraceFigure("jobs", jobs), TraceFigure("gpu_seconds", gpuSeconds),
            TraceFigure("max_end", Int128(greatestEnd), isGreatest: true),
        ]
    }
}
