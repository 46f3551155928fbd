/// Rows and columns of text, at most 100 wide: what does not fit is cut in the middle of the widest columns.
public struct Table {
    let header: [String]
    let rows: [[String]]
    /// Which columns stand to the right, as numbers do.
    let isNumber: [Bool]
    /// Which columns are never cut: what people copy from.
    let isWhole: [Bool]

    public init(header: [String], rows: [[String]], isNumber: [Bool], isWhole: [Bool]) {
        self.header = header
        self.rows = rows
        self.isNumber = isNumber
        self.isWhole = isWhole
    }

    static let width = 100
    private static let gap = 2

    public var text: String {
        let widths = fitted()
        return ([header] + rows).map { row in
            let cells = zip(row, zip(widths, isNumber)).map { cell, column in
                Self.pad(Self.cut(cell, to: column.0), to: column.0, isRight: column.1)
            }
            return Self.trimmed(cells.joined(separator: String(repeating: " ", count: Self.gap)))
        }.joined(separator: "\n")
    }

    /// The columns' widths, the widest made narrower until the table fits.
    private func fitted() -> [Int] {
        var widths = header.indices.map { column in
            ([header] + rows).reduce(0) { max($0, $1[column].count) }
        }
        while widths.reduce(0, +) + Self.gap * max(0, widths.count - 1) > Self.width,
            let widest = widths.indices.filter({ !isWhole[$0] }).max(by: { widths[$0] < widths[$1] }),
            widths[widest] > 8
        {
            widths[widest] -= 1
        }
        return widths
    }

    private static func cut(_ text: String, to width: Int) -> String {
        guard text.count > width else { return text }
        let front = (width - 1) / 2
        return text.prefix(front) + "…" + text.suffix(width - 1 - front)
    }

    private static func pad(_ text: String, to width: Int, isRight: Bool) -> String {
        let space = String(repeating: " ", count: max(0, width - text.count))
        return isRight ? space + text : text + space
    }

    private static func trimmed(_ line: String) -> String {
        String(line.reversed().drop { $0 == " " }.reversed())
    }
}
