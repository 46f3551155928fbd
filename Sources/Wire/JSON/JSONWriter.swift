extension JSONValue {
    /// How a value is laid out.
    public enum Layout: Sendable {
        /// No space at all.
        case compact
        /// Two spaces a level.
        case pretty
        /// No space, names in order of their UTF-16 code units (RFC 8785): one value, one text, fit for hashing.
        case canonical
    }

    /// The value as UTF-8.
    public func bytes(_ layout: Layout = .compact) -> [UInt8] {
        var writer = JSONWriter(layout: layout)
        writer.write(self, depth: 0)
        return writer.bytes
    }

    /// The value as text.
    public func text(_ layout: Layout = .compact) -> String { String(decoding: bytes(layout), as: UTF8.self) }
}

struct JSONWriter {
    let layout: JSONValue.Layout
    private(set) var bytes: [UInt8] = []

    init(layout: JSONValue.Layout) {
        self.layout = layout
        bytes.reserveCapacity(512)
    }

    mutating func write(_ value: JSONValue, depth: Int) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .string(let text): write(text: text)
        case .array(let elements): write(elements: elements, depth: depth + 1)
        case .object(let object): write(members: ordered(object), depth: depth + 1)
        }
    }

    private func ordered(_ object: JSONObject) -> [(name: String, value: JSONValue)] {
        guard layout == .canonical else { return object.members }
        return object.members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
    }

    private mutating func write(elements: [JSONValue], depth: Int) {
        bytes.append(UInt8(ascii: "["))
        for (index, element) in elements.enumerated() {
            separate(isFirst: index == 0, depth: depth)
            write(element, depth: depth)
        }
        close("]", isEmpty: elements.isEmpty, depth: depth)
    }

    private mutating func write(members: [(name: String, value: JSONValue)], depth: Int) {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            separate(isFirst: index == 0, depth: depth)
            write(text: member.name)
            bytes.append(UInt8(ascii: ":"))
            if layout == .pretty { bytes.append(0x20) }
            write(member.value, depth: depth)
        }
        close("}", isEmpty: members.isEmpty, depth: depth)
    }

    private mutating func separate(isFirst: Bool, depth: Int) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        breakLine(depth)
    }

    private mutating func close(_ bracket: Unicode.Scalar, isEmpty: Bool, depth: Int) {
        if !isEmpty { breakLine(depth - 1) }
        bytes.append(UInt8(ascii: bracket))
    }

    private mutating func breakLine(_ depth: Int) {
        guard layout == .pretty else { return }
        bytes.append(0x0A)
        for _ in 0..<depth { bytes += [0x20, 0x20] }
    }

    private mutating func write(text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += "\\\"".utf8
            case UInt8(ascii: "\\"): bytes += "\\\\".utf8
            case 0x0A: bytes += "\\n".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x08: bytes += "\\b".utf8
            case 0x0C: bytes += "\\f".utf8
            case 0..<0x20:
                bytes += "\\u00".utf8
                bytes += [Self.digit(byte >> 4), Self.digit(byte & 15)]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
