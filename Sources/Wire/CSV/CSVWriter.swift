/// Writes records as CSV (RFC 4180): quoted only where needed, lines end with a line feed.
public struct CSVWriter: Sendable {
    public private(set) var text = ""

    public init() {}

    /// Writes one record.
    public mutating func write(_ fields: [String]) {
        // A line with nothing on it is no record, so a record of one empty field is quoted.
        text += (fields == [""] ? "\"\"" : fields.map(Self.quoted).joined(separator: ",")) + "\n"
    }

    private static func quoted(_ field: String) -> String {
        let needsQuotes = field.utf8.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
        guard needsQuotes else { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
