public import Kernel
public import Metering
import Money
import Pricing

/// Reads a usage file as a trace: every row is a use.
///
/// A stretch of the books has whole nodes and a known end, so rows that have not are refused here.
public final class UsageTrace: TraceReader {
    private var row: UsageRow

    public init(header: [UInt8]) throws(Faults) { row = UsageRow(header: try UsageHeader(line: header)) }

    public var tenant: String? { nil }
    public var figures: [TraceFigure] { [] }

    public func read(_ line: UnsafeRawBufferPointer) throws(Fault) -> TraceUse? {
        if let fault = row.read(line, at: 0).fault { throw Fault(.malformedBody, fault.words) }
        guard let end = row.end else {
            throw Fault(.malformedBody, "end is empty; a replay takes uses that have ended")
        }
        guard end - row.start <= Limits.usageSeconds else { throw Fault(.malformedBody, UsageFault.tooOld.words) }
        let (quantity, rest) = row.quantity.quotientAndRemainder(dividingBy: Int64(Quantity.one))
        guard rest == 0, quantity <= Limits.traceNodes else {
            throw Fault(.malformedBody, "quantity is no whole number from 1 to \(Limits.traceNodes)")
        }
        return TraceUse(
            account: try name(.account), project: try name(.project), resource: text(.resource),
            product: ProductID(text(.product)), flavor: FlavorID(text(.flavor)), quantity: quantity,
            start: Second(row.start), end: Second(end))
    }

    public func finish() -> TraceUse? { nil }

    private func name(_ column: UsageColumn) throws(Fault) -> String {
        let text = text(column)
        guard text.utf8.count <= Limits.traceNameBytes else {
            throw Fault(.malformedBody, "\(column.name) has more than \(Limits.traceNameBytes) bytes")
        }
        return text
    }

    private func text(_ column: UsageColumn) -> String { String(decoding: row.bytes(column), as: UTF8.self) }
}
