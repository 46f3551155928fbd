/// What one model of a service was asked in one minute.
public struct CallMinute: Hashable, Sendable {
    /// Calls that were answered, and those that were not.
    public var calls: Int64
    public var failures: Int64
    /// Answers with a status of 2xx, which are what calls are billed by.
    public var successes: Int64
    public var tokens: TokenUse
    public var latencies: LatencyHistogram
    /// What its instances used, where that is known: thousandths of a core on average, and bytes.
    public var cpuMillicores: Int64?
    public var memoryBytes: Int64?

    public init(
        calls: Int64 = 0, failures: Int64 = 0, successes: Int64 = 0, tokens: TokenUse = TokenUse(),
        latencies: LatencyHistogram = LatencyHistogram(), cpuMillicores: Int64? = nil, memoryBytes: Int64? = nil
    ) {
        self.calls = calls
        self.failures = failures
        self.successes = successes
        self.tokens = tokens
        self.latencies = latencies
        self.cpuMillicores = cpuMillicores
        self.memoryBytes = memoryBytes
    }

    /// Adds what came later in the same minute, or another minute to a sum; the later use of machines counts.
    public mutating func add(_ other: CallMinute) {
        calls += other.calls
        failures += other.failures
        successes += other.successes
        tokens.prompt += other.tokens.prompt
        tokens.completion += other.tokens.completion
        latencies.add(other.latencies)
        cpuMillicores = other.cpuMillicores ?? cpuMillicores
        memoryBytes = other.memoryBytes ?? memoryBytes
    }
}
