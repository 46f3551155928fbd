public import Kernel

/// A column of a usage file.
public enum UsageColumn: Int, Hashable, Sendable, CaseIterable {
    case account
    case project
    case resource
    case product
    case flavor
    case quantity
    case start
    case end

    /// As the header has it.
    public var name: String { "\(self)" }
}

/// Where each column of a usage file stands.
public struct UsageHeader: Hashable, Sendable {
    /// The place of each column, by its number.
    let places: [Int]
    /// Columns of the file, those it does not need among them.
    let count: Int

    /// Reads the first line, without its end; names may be quoted and stand in any order.
    ///
    /// - Throws: `malformedBody` with every column that is missing or stands twice.
    public init(line: [UInt8]) throws(Faults) {
        let names = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { cell in
            String(decoding: cell.filter { $0 != UInt8(ascii: "\"") && $0 != 0x0D }, as: UTF8.self)
        }
        var faults = Faults()
        faults.require(
            names.count <= Limits.usageColumns, .quotaExceeded,
            "has \(names.count) columns; at most \(Limits.usageColumns) are read", field: "line 1")
        var places: [Int] = []
        for column in UsageColumn.allCases {
            let found = names.indices.filter { names[$0] == column.name }
            faults.require(
                found.count == 1, .malformedBody,
                found.isEmpty ? "has no column \(column.name)" : "has the column \(column.name) twice", field: "line 1")
            places.append(found.first ?? 0)
        }
        try faults.check()
        self.places = places
        count = names.count
    }
}
