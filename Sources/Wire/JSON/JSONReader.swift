public import Kernel

extension JSONValue {
    /// Reads one JSON text (RFC 8259), strictly: UTF-8, no duplicate names, bounded depth, nothing behind it.
    ///
    /// - Throws: `malformedBody`, saying at which line and column what is wrong.
    public init(parsing bytes: [UInt8]) throws(Fault) {
        var reader = JSONReader(bytes)
        self = try reader.whole()
    }
}

/// A recursive-descent reader with a bound on depth; never traps, whatever the bytes.
struct JSONReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func whole() throws(Fault) -> JSONValue {
        skipSpace()
        guard index < bytes.count else { throw fault("the text is empty; a JSON value was expected") }
        let value = try value(depth: 0)
        skipSpace()
        guard index == bytes.count else { throw fault("something stands behind the value") }
        return value
    }

    private mutating func value(depth: Int) throws(Fault) -> JSONValue {
        guard index < bytes.count else { throw fault("the text ends where a value was expected") }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw fault("a value was expected")
        }
    }

    private mutating func object(depth: Int) throws(Fault) -> JSONValue {
        try enter(depth)
        var members: [(name: String, value: JSONValue)] = []
        var names: Set<String> = []
        if take("}") { return .object(JSONObject()) }
        repeat {
            skipSpace()
            guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
                throw fault("a name in quotes was expected")
            }
            let name = try string()
            guard names.insert(name).inserted else {
                throw fault("the name \"\(name.prefix(64))\" stands twice in one object")
            }
            guard take(":") else { throw fault("a colon was expected") }
            skipSpace()
            members.append((name: name, value: try value(depth: depth)))
        } while take(",")
        guard take("}") else { throw fault("a comma or a closing brace was expected") }
        return .object(JSONObject(members))
    }

    private mutating func array(depth: Int) throws(Fault) -> JSONValue {
        try enter(depth)
        var elements: [JSONValue] = []
        if take("]") { return .array([]) }
        repeat {
            skipSpace()
            elements.append(try value(depth: depth))
        } while take(",")
        guard take("]") else { throw fault("a comma or a closing bracket was expected") }
        return .array(elements)
    }

    private mutating func enter(_ depth: Int) throws(Fault) {
        guard depth <= Limits.jsonDepth else { throw fault("values are nested deeper than \(Limits.jsonDepth) levels") }
        index += 1
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(Fault) -> JSONValue {
        let end = index + word.utf8CodeUnitCount
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard end <= bytes.count, bytes[index..<end].elementsEqual(expected) else {
            throw fault("a value was expected")
        }
        index = end
        return value
    }

    private mutating func number() throws(Fault) -> String {
        let start = index
        if bytes[index] == UInt8(ascii: "-") { index += 1 }
        let firstDigit = index
        guard digits() > 0 else { throw fault("a digit was expected") }
        if bytes[firstDigit] == UInt8(ascii: "0"), index - firstDigit > 1 {
            index = firstDigit
            throw fault("a number does not begin with 0")
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: ".") {
            index += 1
            guard digits() > 0 else { throw fault("a digit was expected behind the point") }
        }
        if index < bytes.count, bytes[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < bytes.count, bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") {
                index += 1
            }
            guard digits() > 0 else { throw fault("a digit was expected in the exponent") }
        }
        return String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func digits() -> Int {
        let start = index
        while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) { index += 1 }
        return index - start
    }

    private mutating func string() throws(Fault) -> String {
        index += 1
        let start = index
        var plain: [UInt8]?
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                let content = plain ?? Array(bytes[start..<index])
                guard let text = String(validating: content, as: UTF8.self) else {
                    throw fault("the text is not UTF-8")
                }
                index += 1
                return text
            }
            guard byte >= 0x20 else { throw fault("a control character must be escaped in a text") }
            if byte == UInt8(ascii: "\\") {
                if plain == nil { plain = Array(bytes[start..<index]) }
                plain?.append(contentsOf: Array(String(try escape()).utf8))
            } else {
                plain?.append(byte)
                index += 1
            }
        }
        throw fault("the text ends inside quotes")
    }

    private mutating func escape() throws(Fault) -> Unicode.Scalar {
        index += 1
        guard index < bytes.count else { throw fault("the text ends inside an escape") }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw fault("there is no such escape")
        }
    }

    private mutating func unicodeEscape() throws(Fault) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard (0xD800..<0xDC00).contains(first), index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
            bytes[index + 1] == UInt8(ascii: "u")
        else { throw fault("half of a surrogate pair stands alone") }
        index += 2
        let second = try codeUnit()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x1_0000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("half of a surrogate pair stands alone") }
        return scalar
    }

    private mutating func codeUnit() throws(Fault) -> UInt32 {
        guard index + 4 <= bytes.count else { throw fault("the text ends inside an escape") }
        var value: UInt32 = 0
        for byte in bytes[index..<(index + 4)] {
            guard let digit = Self.hexadecimal(byte) else { throw fault("four hexadecimal digits were expected") }
            value = value << 4 | digit
        }
        index += 4
        return value
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt32? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
        case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
        default: nil
        }
    }

    private mutating func skipSpace() {
        while index < bytes.count {
            let byte = bytes[index]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            index += 1
        }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private func fault(_ problem: String) -> Fault {
        let before = bytes[..<min(index, bytes.count)]
        let line = before.reduce(1) { $1 == 0x0A ? $0 + 1 : $0 }
        let column = before.count - (before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0) + 1
        return Fault(.malformedBody, "Line \(line), column \(column): \(problem).")
    }
}
