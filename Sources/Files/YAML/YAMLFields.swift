import Kernel
import Yams

/// The fields of one mapping; what cannot be read becomes a fault at its place, and nil.
struct YAMLFields {
    let reading: YAMLReading
    let path: String
    var values: [String: Node] = [:]

    init(reading: YAMLReading, path: String) {
        self.reading = reading
        self.path = path
    }

    /// The path of a key in this mapping.
    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// A text; plain words that YAML reads as nothing or as a truth value must be quoted to be one.
    func text(_ key: String) -> String? {
        guard let node = values[key] else { return nil }
        return text(node, at: path(of: key))
    }

    /// A text read further; `what` says what it must look like.
    func value<Value>(_ key: String, _ what: String, _ read: (String) -> Value?) -> Value? {
        guard let text = text(key) else { return nil }
        guard let value = read(text) else {
            reading.add(.invalidParameter, "\(Self.shown(text)) is not \(what)", at: path(of: key))
            return nil
        }
        return value
    }

    /// The nodes of a list, with the path of each.
    func entries(_ key: String) -> [(node: Node, path: String)]? {
        guard let node = values[key] else { return nil }
        guard let sequence = node.sequence else {
            reading.add(.invalidParameter, "is no list; begin each entry with a dash", at: path(of: key))
            return nil
        }
        return sequence.enumerated().map { index, node in
            let place = "\(path(of: key))[\(index)]"
            reading.note(place, node.mark)
            return (node, place)
        }
    }

    /// The texts of a list.
    func texts(_ key: String) -> [String]? { entries(key)?.map { text($0.node, at: $0.path) ?? "" } }

    private func text(_ node: Node, at path: String) -> String? {
        guard let scalar = node.scalar else {
            reading.add(.invalidParameter, "is a list or a mapping; write one text or number", at: path)
            return nil
        }
        if scalar.style == .plain, Self.words.contains(scalar.string.lowercased()) {
            let message = scalar.string.isEmpty ? "is empty" : "\(scalar.string) is no text; put it in quotes"
            reading.add(.invalidParameter, message, at: path)
            return nil
        }
        return scalar.string
    }

    /// What YAML 1.1 reads as null, true or false.
    private static let words: Set<String> = ["", "~", "null", "true", "false", "yes", "no", "on", "off"]

    /// The front of a text without control characters, fit for a message.
    private static func shown(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(64).map { $0.value < 32 ? "?" : $0 }))
    }
}
