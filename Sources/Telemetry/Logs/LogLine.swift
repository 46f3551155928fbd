import Kernel
import Logging

/// One JSON object on one line, built byte by byte: no encoder, no formatter, no value in between.
struct LogLine {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Keys the handler itself writes; metadata of the same name gets the prefix `metadata.`.
    static let reservedKeys: Set<String> = ["time", "level", "logger", "message", "source", "error", "error_type"]

    init() { bytes.reserveCapacity(256) }

    /// Adds a field with a text value.
    mutating func add(_ key: String, _ value: String) {
        addKey(key)
        append(text: value)
    }

    /// Adds a field of metadata, nested values as nested JSON.
    mutating func add(metadata key: String, _ value: Logger.MetadataValue) {
        addKey(Self.reservedKeys.contains(key) ? "metadata.\(key)" : key)
        append(value, depth: 0)
    }

    /// Closes the object and the line.
    mutating func finish() { bytes.append(contentsOf: "}\n".utf8) }

    private mutating func addKey(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(text: key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Logger.MetadataValue, depth: Int) {
        guard depth < Limits.logDepth else { return append(text: "…") }
        switch value {
        case .string(let text): append(text: text)
        case .stringConvertible(let value): append(text: value.description)
        case .array(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.prefix(Limits.logElements).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(value, depth: depth + 1)
            }
            bytes.append(UInt8(ascii: "]"))
        case .dictionary(let fields):
            bytes.append(UInt8(ascii: "{"))
            // Sorted, for a dictionary's own order changes from process to process.
            for (index, key) in fields.keys.sorted().prefix(Limits.logElements).enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(text: key)
                bytes.append(UInt8(ascii: ":"))
                append(fields[key] ?? "", depth: depth + 1)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private mutating func append(text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.count <= Limits.logTextBytes {
            append(escaped: text.utf8)
        } else {
            append(escaped: String(decoding: text.utf8.prefix(Limits.logTextBytes), as: UTF8.self).utf8)
            bytes.append(contentsOf: "…".utf8)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(escaped text: String.UTF8View) {
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
            case UInt8(ascii: "\t"): bytes.append(contentsOf: #"\t"#.utf8)
            case UInt8(ascii: "\r"): bytes.append(contentsOf: #"\r"#.utf8)
            case 0..<0x20: bytes.append(contentsOf: (#"\u00"# + Hexadecimal.text(CollectionOfOne(byte))).utf8)
            default: bytes.append(byte)
            }
        }
    }
}
