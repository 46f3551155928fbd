extension JSONValue {
    /// The value as block YAML, which reads back as the same value.
    public var yaml: String {
        var writer = YAMLWriter()
        writer.write(self, indent: 0, isInLine: false)
        return writer.text
    }
}

private struct YAMLWriter {
    private(set) var text = ""

    /// - Parameter isInLine: whether something stands before the value on its line already.
    mutating func write(_ value: JSONValue, indent: Int, isInLine: Bool) {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            for (index, member) in object.members.enumerated() {
                if index > 0 || !isInLine { pad(indent) }
                text += Self.scalar(member.name) + ":"
                writeNested(member.value, indent: indent)
            }
        case .array(let elements) where !elements.isEmpty:
            for (index, element) in elements.enumerated() {
                if index > 0 || !isInLine { pad(indent) }
                text += "- "
                write(element, indent: indent + 2, isInLine: true)
            }
        default: text += Self.plain(value) + "\n"
        }
    }

    private mutating func writeNested(_ value: JSONValue, indent: Int) {
        switch value {
        case .object(let object) where !object.members.isEmpty:
            text += "\n"
            write(value, indent: indent + 2, isInLine: false)
        case .array(let elements) where !elements.isEmpty:
            text += "\n"
            write(value, indent: indent, isInLine: false)
        default: text += " " + Self.plain(value) + "\n"
        }
    }

    private mutating func pad(_ indent: Int) { text += String(repeating: " ", count: indent) }

    private static func plain(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): scalar(text)
        case .object: "{}"
        case .array: "[]"
        default: value.text()
        }
    }

    /// Words that YAML 1.1 or 1.2 reads as something other than text.
    private static let reserved: Set<String> = [
        "true", "false", "yes", "no", "on", "off", "y", "n", "null", "~", "",
    ]

    /// A text bare where no reader can take it for anything else, and as a JSON string otherwise.
    private static func scalar(_ text: String) -> String {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "/"):
                true
            default: false
            }
        }
        let startsWithLetter =
            text.utf8.first.map { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") } ?? false
        let isBare = isWord && startsWithLetter && !reserved.contains(text.lowercased())
        return isBare ? text : quoted(text)
    }

    /// A text in double quotes: as JSON has it, and what YAML takes for a line's end or does not allow escaped too.
    private static func quoted(_ text: String) -> String {
        var quoted = String.UnicodeScalarView()
        for scalar in JSONValue.string(text).text().unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                let digits = String(scalar.value, radix: 16)
                quoted += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).unicodeScalars
            default: quoted.append(scalar)
            }
        }
        return String(quoted)
    }
}
