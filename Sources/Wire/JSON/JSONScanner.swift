public import Kernel

/// Where a value stands in a JSON text, and what kind it is.
public struct JSONSpan: Hashable, Sendable {
    /// Its bytes; those of a string without the quotes.
    public let range: Range<Int>
    public let kind: Kind
    /// Whether a string has escapes to be decoded.
    public let hasEscapes: Bool

    public enum Kind: Hashable, Sendable { case null, bool, number, string, array, object }

    init(_ range: Range<Int>, _ kind: Kind, hasEscapes: Bool = false) {
        self.range = range
        self.kind = kind
        self.hasEscapes = hasEscapes
    }
}

/// Walks over a JSON text (RFC 8259) without building its values: strict as the reader is, save that only names the
/// caller looks at are held against repetition.
///
/// The bytes must outlive it.
public struct JSONScanner {
    public let bytes: UnsafeRawBufferPointer
    public private(set) var index: Int
    private var depth = 0

    /// Scans from a place on.
    public init(_ bytes: UnsafeRawBufferPointer, at index: Int = 0) {
        self.bytes = bytes
        self.index = index
    }

    /// The kind of the value that comes next.
    public mutating func kind() throws(Fault) -> JSONSpan.Kind {
        skipSpace()
        guard index < bytes.count else { throw fault("the text ends where a value was expected") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return .object
        case UInt8(ascii: "["): return .array
        case UInt8(ascii: "\""): return .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
        case UInt8(ascii: "n"): return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
        default: throw fault("a value was expected")
        }
    }

    /// Passes over a whole value.
    public mutating func value() throws(Fault) -> JSONSpan {
        let kind = try kind()
        let start = index
        switch kind {
        case .string: return try string()
        case .number: try number()
        case .bool: try word(bytes[index] == UInt8(ascii: "t") ? "true" : "false")
        case .null: try word("null")
        case .array: try elements { scanner throws(Fault) in _ = try scanner.value() }
        case .object: try members { scanner, _ throws(Fault) in _ = try scanner.value() }
        }
        return JSONSpan(start..<index, kind)
    }

    /// Hands out each name of an object; the body passes over the value.
    public mutating func members(_ body: (inout JSONScanner, JSONSpan) throws(Fault) -> Void) throws(Fault) {
        try enter()
        if take(UInt8(ascii: "}")) { return depth -= 1 }
        repeat {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw fault("a name in quotes was expected")
            }
            let name = try string()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon was expected") }
            try body(&self, name)
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault("a comma or a closing brace was expected") }
        depth -= 1
    }

    /// Stops at each element of an array; the body passes over it.
    public mutating func elements(_ body: (inout JSONScanner) throws(Fault) -> Void) throws(Fault) {
        try enter()
        if take(UInt8(ascii: "]")) { return depth -= 1 }
        repeat { try body(&self) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault("a comma or a closing bracket was expected") }
        depth -= 1
    }

    /// Refuses anything behind the value.
    public mutating func end() throws(Fault) {
        skipSpace()
        guard index == bytes.count else { throw fault("something stands behind the value") }
    }

    /// Whether a string says this; one with escapes is decoded first.
    public func says(_ span: JSONSpan, _ word: StaticString) throws(Fault) -> Bool {
        if span.hasEscapes { return try text(span) == word.description }
        guard span.range.count == word.utf8CodeUnitCount else { return false }
        for place in 0..<span.range.count where bytes[span.range.lowerBound + place] != word.utf8Start[place] {
            return false
        }
        return true
    }

    /// The value at a path of names in the object that comes next; nil where there is none.
    ///
    /// - Throws: `malformedBody` where one of the names stands twice.
    public consuming func find(_ path: [String]) throws(Fault) -> JSONSpan? { try find(path[...]) }

    private mutating func find(_ path: ArraySlice<String>) throws(Fault) -> JSONSpan? {
        guard let first = path.first else { return try value() }
        guard try kind() == .object else {
            _ = try value()
            return nil
        }
        var found: JSONSpan?
        var isSeen = false
        try members { scanner, name throws(Fault) in
            guard try scanner.says(name, first) else {
                _ = try scanner.value()
                return
            }
            guard !isSeen else { throw scanner.fault("the name \"\(first)\" stands twice in one object") }
            isSeen = true
            found = try scanner.find(path.dropFirst())
        }
        return found
    }

    private func says(_ span: JSONSpan, _ word: String) throws(Fault) -> Bool {
        if span.hasEscapes { return try text(span) == word }
        return span.range.count == word.utf8.count && word.utf8.elementsEqual(bytes[span.range])
    }

    /// A string's text; of any other value the bytes as they stand.
    public func text(_ span: JSONSpan) throws(Fault) -> String {
        if span.hasEscapes {
            let quoted = bytes[(span.range.lowerBound - 1)..<(span.range.upperBound + 1)]
            guard case .string(let text) = try JSONValue(parsing: Array(quoted)) else {
                throw fault("a text was expected")
            }
            return text
        }
        return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[span.range]), as: UTF8.self)
    }

    /// A fault that names the present line and column.
    public func fault(_ problem: String) -> Fault {
        let before = bytes[..<min(index, bytes.count)]
        let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return Fault(.malformedBody, "Line \(line), column \(column): \(problem).")
    }

    private mutating func string() throws(Fault) -> JSONSpan {
        index += 1
        let start = index
        var hasEscapes = false
        var isPlain = true
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let span = JSONSpan(start..<index, .string, hasEscapes: hasEscapes)
                if !isPlain || hasEscapes { try check(span) }
                index += 1
                return span
            }
            guard byte >= 0x20 else { throw fault("a control character must be escaped in a text") }
            if byte == UInt8(ascii: "\\") {
                hasEscapes = true
                index += 1
            }
            isPlain = isPlain && byte < 0x80
            index += 1
        }
        throw fault("the text ends inside quotes")
    }

    /// What is beyond plain ASCII is read as the reader does.
    private func check(_ span: JSONSpan) throws(Fault) {
        let content = UnsafeRawBufferPointer(rebasing: bytes[span.range])
        guard String(validating: content, as: UTF8.self) != nil else { throw fault("the text is not UTF-8") }
        if span.hasEscapes { _ = try text(span) }
    }

    private mutating func number() throws(Fault) {
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let first = index
        guard digits() > 0 else { throw fault("a digit was expected") }
        guard bytes[first] != UInt8(ascii: "0") || index - first == 1 else {
            throw fault("a number does not begin with 0")
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { throw fault("a digit was expected behind the point") }
        }
        guard index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") else { return }
        index += 1
        if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index += 1 }
        guard digits() > 0 else { throw fault("a digit was expected in the exponent") }
    }

    private mutating func digits() -> Int {
        let start = index
        while index < bytes.count, bytes[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        return index - start
    }

    private mutating func word(_ word: StaticString) throws(Fault) {
        for place in 0..<word.utf8CodeUnitCount {
            guard index < bytes.count, bytes[index] == word.utf8Start[place] else {
                throw fault("a value was expected")
            }
            index += 1
        }
    }

    private mutating func enter() throws(Fault) {
        depth += 1
        guard depth <= Limits.jsonDepth else { throw fault("values are nested deeper than \(Limits.jsonDepth) levels") }
        index += 1
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            index += 1
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }
}
