public import Kernel

/// One request to a language model, as a trace tells of it.
public struct TraceRequest: TraceItem, Hashable {
    /// The tenant's name.
    public let account: String
    /// Its place in the trace, which is its id: traces give none.
    public let number: Int64
    public let start: Second
    public let inputTokens: Int64
    public let outputTokens: Int64
}

/// Reads requests to language models as Azure gives them: time, tokens of the context, tokens generated.
///
/// Times are UTC, cut to the second.
public final class AzureLLMTrace: TraceReader {
    private let columns: TraceColumns
    private let name: String
    private var requests: Int64 = 0
    private var context: Int128 = 0
    private var generated: Int128 = 0
    public private(set) var period: (first: String, last: String)?

    public init(header: [UInt8], tenant: String) throws(Faults) {
        columns = try TraceColumns(header: header, ["TIMESTAMP", "ContextTokens", "GeneratedTokens"])
        name = tenant
    }

    public var tenant: String? { name }

    public func read(_ line: UnsafeRawBufferPointer) throws(Fault) -> TraceRequest? {
        let fields = try columns.fields(line)
        let second = Array((fields[0] + "Z").utf8).withUnsafeBytes { Second(rfc3339: $0) }
        guard let second else {
            throw Fault(.malformedBody, "TIMESTAMP is no time such as 2023-11-16 18:17:03.9799600")
        }
        let input = try columns.integer(fields, 1, in: 0...Limits.traceTokens)
        let output = try columns.integer(fields, 2, in: 0...Limits.traceTokens)
        requests += 1
        context += Int128(input)
        generated += Int128(output)
        period = (period?.first ?? String(fields[0]), String(fields[0]))
        return TraceRequest(
            account: name, number: requests, start: second, inputTokens: input, outputTokens: output)
    }

    public func finish() -> TraceRequest? { nil }

    public var figures: [TraceFigure] {
        [
            TraceFigure("requests", Int128(requests)), TraceFigure("context_tokens", context),
            TraceFigure("generated_tokens", generated),
        ]
    }
}
