import Kernel

/// Names and labels brought into the form the Prometheus data model allows.
enum MetricName {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`, ending in the suffix that tells the unit or kind; other characters become `_`.
    static func metric(_ label: String, suffix: String) -> String {
        let name = cleaned(label, allowsColon: true)
        return name.hasSuffix(suffix) ? name : name + suffix
    }

    /// The labels as they stand between the braces, in alphabetic order.
    ///
    /// `le` belongs to histograms and `__…` to Prometheus, so both are given another name; of two labels that become
    /// the same name the first is kept.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var labels: [String: String] = [:]
        for (key, value) in dimensions {
            var name = cleaned(key, allowsColon: false)
            if name == "le" || name.hasPrefix("__") { name = "label_" + name }
            if labels[name] == nil { labels[name] = escaped(value) }
        }
        return labels.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",")
    }

    private static func cleaned(_ text: String, allowsColon: Bool) -> String {
        var bytes = text.utf8.map { byte in
            let isColon = byte == UInt8(ascii: ":")
            return isLetterOrDigit(byte) || (isColon && allowsColon) ? byte : UInt8(ascii: "_")
        }
        if bytes.first.map(isDigit) ?? true { bytes.insert(UInt8(ascii: "_"), at: 0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func escaped(_ value: String) -> String {
        var bytes: [UInt8] = []
        let isLong = value.utf8.count > Limits.metricLabelBytes
        let kept = isLong ? String(decoding: value.utf8.prefix(Limits.metricLabelBytes), as: UTF8.self) : value
        for byte in kept.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes.append(contentsOf: #"\\"#.utf8)
            case UInt8(ascii: "\""): bytes.append(contentsOf: #"\""#.utf8)
            case UInt8(ascii: "\n"): bytes.append(contentsOf: #"\n"#.utf8)
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
