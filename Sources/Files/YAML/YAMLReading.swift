import Kernel
import Yams

/// One reading of a YAML file: where everything stands in it, and all that is wrong with it.
final class YAMLReading {
    let file: String
    private var lines: [String: Int] = [:]
    private(set) var faults = Faults()
    /// The paths that could not be read.
    private(set) var unread: Set<String> = []

    init(file: String) { self.file = file }

    /// Notes where a path stands.
    func note(_ path: String, _ mark: Mark?) { lines[path] = mark?.line }

    /// Notes a fault at a path.
    func add(_ code: FaultCode, _ message: String, at path: String) {
        unread.insert(path)
        faults.add(code, message, field: place(path))
    }

    /// Notes a fault that another check found, whose field is a path.
    func add(_ fault: Fault) { faults.add(fault.code, fault.message, field: place(fault.field ?? "")) }

    /// `file:line: path`, the line being that of the path or of what it stands in.
    func place(_ path: String) -> String {
        let line = line(path).map { ":\($0)" } ?? ""
        return "\(file)\(line)" + (path.isEmpty ? "" : ": \(path)")
    }

    /// The line of a path, or of the nearest thing around it.
    func line(_ path: String) -> Int? {
        var rest = Substring(path)
        while true {
            if let line = lines[String(rest)] { return line }
            guard let cut = rest.lastIndex(where: { $0 == "." || $0 == "[" }) else { return lines[""] }
            rest = rest[..<cut]
        }
    }

    /// The fields of a mapping; unknown keys and missing ones are faults. Nil where it is no mapping at all.
    func fields(_ node: Node, at path: String, required: [String], optional: [String] = []) -> YAMLFields? {
        note(path, node.mark)
        guard let mapping = node.mapping else {
            add(.invalidParameter, "is no mapping; write its keys: \(required.joined(separator: ", "))", at: path)
            return nil
        }
        var fields = YAMLFields(reading: self, path: path)
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                add(.invalidParameter, "has a key that is no text; keys are single words", at: path)
                continue
            }
            let place = fields.path(of: name)
            note(place, key.mark)
            if (required + optional).contains(name) {
                fields.values[name] = value
            } else {
                add(.invalidParameter, Self.advice(name, among: required + optional), at: place)
            }
        }
        for name in required where fields.values[name] == nil {
            add(.missingParameter, "is missing", at: fields.path(of: name))
        }
        return fields
    }

    private static func advice(_ name: String, among known: [String]) -> String {
        let nearest = known.map { (key: $0, distance: distance(name, $0)) }.min { $0.distance < $1.distance }
        if let nearest, nearest.distance <= max(2, nearest.key.utf8.count / 3) {
            return "is no known key; did you mean \(nearest.key)?"
        }
        return "is no known key; the keys here are \(known.joined(separator: ", "))"
    }

    /// How many letters must be changed, added or taken out to make one word of another (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8.prefix(64)), Array(right.utf8.prefix(64)))
        var row = Array(0...right.count)
        for (index, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in 1..<(right.count + 1) {
                let change = diagonal + (byte == right[column - 1] ? 0 : 1)
                diagonal = row[column]
                row[column] = min(change, row[column] + 1, row[column - 1] + 1)
            }
        }
        return row[right.count]
    }
}
