public import Kernel

/// Reads CSV (RFC 4180) with a header, record by record; columns are found by name.
public struct CSVReader: Sendable {
    /// The names in the first record.
    public let header: [String]
    private let columns: [String: Int]
    private var cursor: CSVCursor

    /// Takes a whole file.
    ///
    /// - Throws: `malformedBody` where there is no header, or a name stands in it twice.
    public init(_ bytes: [UInt8]) throws(Fault) {
        cursor = CSVCursor(bytes)
        guard let first = try cursor.record(), !first.isEmpty, first != [""] else {
            throw Fault(.malformedBody, "Line 1: a header was expected; the file is empty.")
        }
        var columns: [String: Int] = [:]
        for (index, name) in first.enumerated() {
            guard columns.updateValue(index, forKey: name) == nil else {
                throw Fault(.malformedBody, "Line 1: the column \(name) stands in the header twice.")
            }
        }
        header = first
        self.columns = columns
    }

    /// The next record; nil at the end. A bad record throws, and the one behind it can be read.
    public mutating func next() throws(Fault) -> CSVRecord? {
        while true {
            let line = cursor.line
            guard let fields = try cursor.record() else { return nil }
            if fields.isEmpty { continue }
            guard fields.count == header.count else {
                throw Fault(
                    .malformedBody, "Line \(line): \(header.count) fields were expected, not \(fields.count).")
            }
            return CSVRecord(line: line, fields: fields, columns: columns)
        }
    }
}

/// Reads CSV (RFC 4180) without a header, row by row.
public struct CSVRows: Sendable {
    private var cursor: CSVCursor

    /// Takes a whole file.
    public init(_ bytes: [UInt8]) { cursor = CSVCursor(bytes) }

    /// The next row's fields; nil at the end. A bad row throws, and the one behind it can be read.
    public mutating func next() throws(Fault) -> [String]? {
        while let fields = try cursor.record() {
            if !fields.isEmpty { return fields }
        }
        return nil
    }
}

/// One record of a CSV file; faults name its line and the column.
public struct CSVRecord: Sendable {
    /// The line it begins on, from 1.
    public let line: Int
    private let fields: [String]
    private let columns: [String: Int]

    init(line: Int, fields: [String], columns: [String: Int]) {
        self.line = line
        self.fields = fields
        self.columns = columns
    }

    /// A field as it stands.
    public func text(_ column: String) throws(Fault) -> String {
        guard let index = columns[column] else { throw fault(column, "there is no such column") }
        return fields[index]
    }

    /// A whole number; `1.0` and what 64 bits do not hold are refused.
    public func integer(_ column: String) throws(Fault) -> Int64 {
        let text = try text(column)
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        guard let value = Int64(text), !digits.isEmpty, text.first != "+" else {
            throw fault(column, "\(text.prefix(40)) is no whole number of 64 bits")
        }
        return value
    }

    /// What is wrong with a field, with its line and column.
    public func fault(_ column: String, _ problem: String) -> Fault {
        Fault(.malformedBody, "Line \(line), column \(column): \(problem).", field: column)
    }
}

/// Cuts bytes into records of fields.
private struct CSVCursor: Sendable {
    private let bytes: [UInt8]
    private var index = 0
    /// The line that the next record begins on.
    private(set) var line = 1

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { index = 3 }
    }

    /// The next record; no fields for a line with nothing on it, nil at the end.
    ///
    /// A record is taken whole before it is judged, so that the one behind a bad one can be read.
    mutating func record() throws(Fault) -> [String]? {
        guard index < bytes.count else { return nil }
        let first = line
        let start = index
        var contents: [[UInt8]] = []
        repeat { contents.append(try field(first)) } while takeComma()
        let length = index - start
        takeLineEnd()
        guard length > 0 else { return [] }
        guard length <= Limits.csvRecordBytes else {
            throw Fault(.malformedBody, "Line \(first): the record is longer than \(Limits.csvRecordBytes) bytes.")
        }
        var fields: [String] = []
        for content in contents { fields.append(try text(content, first)) }
        return fields
    }

    private mutating func takeComma() -> Bool {
        guard index < bytes.count, bytes[index] == 0x2C else { return false }
        index += 1
        return true
    }

    private mutating func takeLineEnd() {
        guard index < bytes.count else { return }
        let isPair = bytes[index] == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A
        index += isPair ? 2 : 1
        line += 1
    }

    /// A field up to its comma, its line's end, or the end.
    private mutating func field(_ first: Int) throws(Fault) -> [UInt8] {
        if index < bytes.count, bytes[index] == 0x22 { return try quotedField(first) }
        let start = index
        while index < bytes.count, !Self.isEnd(bytes[index]) {
            if bytes[index] == 0x22 {
                skipLine()
                throw Fault(.malformedBody, "Line \(first): a quote stands inside a field that is not quoted.")
            }
            index += 1
        }
        return Array(bytes[start..<index])
    }

    private mutating func quotedField(_ first: Int) throws(Fault) -> [UInt8] {
        var content: [UInt8] = []
        index += 1
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            if byte == 0x22 {
                if index < bytes.count, bytes[index] == 0x22 {
                    index += 1
                    content.append(0x22)
                    continue
                }
                guard index == bytes.count || Self.isEnd(bytes[index]) else {
                    skipLine()
                    throw Fault(.malformedBody, "Line \(first): something stands behind a closing quote.")
                }
                return content
            }
            if byte == 0x0A { line += 1 }
            content.append(byte)
        }
        throw Fault(.malformedBody, "Line \(first): a quoted field has no closing quote.")
    }

    private func text(_ content: [UInt8], _ first: Int) throws(Fault) -> String {
        guard let text = String(validating: content, as: UTF8.self) else {
            throw Fault(.malformedBody, "Line \(first): a field is not UTF-8.")
        }
        return text
    }

    private mutating func skipLine() {
        while index < bytes.count, bytes[index] != 0x0A { index += 1 }
        if index < bytes.count { index += 1 }
        line += 1
    }

    private static func isEnd(_ byte: UInt8) -> Bool { byte == 0x2C || byte == 0x0A || byte == 0x0D }
}
