/// The bytes of a head as they came, and where its fields stand in them.
public struct HeadFields: Sendable {
    /// From the first byte of the start line to the empty line, both included.
    public let bytes: [UInt8]
    /// In the order they came.
    public let list: [Field]

    /// One line `name: value`.
    public struct Field: Sendable {
        public let kind: FieldKind
        let start: UInt32
        let nameEnd: UInt32
        let valueStart: UInt32
        let valueEnd: UInt32
        let end: UInt32

        /// The line with its end.
        public var line: Range<Int> { Int(start)..<Int(end) }
        public var name: Range<Int> { Int(start)..<Int(nameEnd) }
        public var value: Range<Int> { Int(valueStart)..<Int(valueEnd) }
    }

    /// A range of the bytes as text.
    public func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// The value of the first field of a kind.
    public func first(_ kind: FieldKind) -> String? {
        list.first { $0.kind == kind }.map { text($0.value) }
    }

    /// The value of the first field with a name, which is written in lower case.
    public func first(named name: String) -> String? {
        list.first { isNamed($0, name) }.map { text($0.value) }
    }

    /// Whether a field bears a name, which is written in lower case.
    public func isNamed(_ field: Field, _ name: String) -> Bool {
        field.name.count == name.utf8.count
            && zip(bytes[field.name], name.utf8).allSatisfy { Self.lower($0) == $1 }
    }

    /// The elements of every field of a kind whose value is a list of words, in lower case.
    public func words(_ kind: FieldKind) -> [String] {
        list.filter { $0.kind == kind }.flatMap { field in
            bytes[field.value].split(separator: UInt8(ascii: ",")).map { element in
                let word = element.drop(while: Self.isSpace)
                let end = word.lastIndex { !Self.isSpace($0) }.map { $0 + 1 } ?? word.startIndex
                return String(decoding: word[..<end].map(Self.lower), as: UTF8.self)
            }
        }
    }

    static func lower(_ byte: UInt8) -> UInt8 { byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte }
    static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
