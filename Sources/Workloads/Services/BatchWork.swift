public import Kernel
public import Wire

/// What a batch service goes through: files of a bucket, or rows of CSV files, each a call whose answer is kept.
public struct BatchWork: Hashable, Sendable {
    /// A folder of a bucket, one object, or a manifest that lists objects.
    public let source: String
    /// The folder of a bucket that answers go to.
    public let target: String
    /// The path that is asked.
    public let path: String
    /// How a row of CSV becomes a body; nil where each file is one.
    public let rule: JSONValue?

    public init(source: String, target: String, path: String = "/", rule: JSONValue? = nil) {
        self.source = source
        self.target = target
        self.path = path
        self.rule = rule
    }

    /// Reads what of a batch stands beside a config's model.
    init(_ fields: JSONFields) {
        let source = BucketURL.plain(fields.requiredString("src_path"))
        let target = BucketURL.plain(fields.requiredString("dest_path"))
        for (key, place) in [("src_path", source), ("dest_path", target)] where !place.isEmpty {
            if let breach = BucketURL.breach(of: place) { fields.refuse(key, "The place \(breach).") }
        }
        let path = fields.string("req_uri") ?? "/"
        if path.utf8.first != UInt8(ascii: "/") || !path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) {
            fields.refuse("req_uri", "A path such as / was expected.")
        }
        var rule: JSONValue?
        switch fields.requiredString("mapping_type") {
        case "file", "": break
        case "csv":
            rule = fields.value("mapping_rule")
            if rule == nil { fields.refuse("mapping_rule", "This field is needed.", code: .missingParameter) }
            if let rule, Self.columns(of: rule).isEmpty {
                fields.refuse("mapping_rule", "It names no column by its index.")
            }
        case let type: fields.refuse("mapping_type", "file or csv was expected, not \(type).")
        }
        self.init(source: source, target: target, path: path, rule: rule)
    }

    /// What stands beside a config's model, as a request has it.
    var members: [(name: String, value: JSONValue)] {
        let plain: [(name: String, value: JSONValue)] = [
            ("src_path", .string(source)), ("dest_path", .string(target)), ("req_uri", .string(path)),
            ("mapping_type", rule == nil ? "file" : "csv"),
        ]
        return plain + (rule.map { [("mapping_rule", $0)] } ?? [])
    }

    /// What it goes through, as a request has it.
    public var json: JSONValue { .object(JSONObject(members)) }

    /// The body of a row, by the rule.
    ///
    /// Source: ModelArts, "Deploying a batch service": a JSON schema whose leaves have the index of a column; an array
    /// has one element.
    /// - Throws: `invalidParameter` where the row lacks a column, or has no number where the rule wants one.
    public func body(of row: [String]) throws(Fault) -> JSONValue {
        guard let rule else { throw Fault(.internalFault, "A batch of files has no rows.") }
        return try Self.value(of: rule, row)
    }

    private static func value(of rule: JSONValue, _ row: [String]) throws(Fault) -> JSONValue {
        if let index = rule["index"]?.integer {
            guard index >= 0, index < row.count else {
                throw Fault(.invalidParameter, "The row has \(row.count) columns and none with the index \(index).")
            }
            return try leaf(row[Int(index)], type: rule["type"]?.string ?? "string")
        }
        if let properties = rule["properties"]?.object {
            var object = JSONObject()
            for (name, inner) in properties.members { object[name] = try value(of: inner, row) }
            return .object(object)
        }
        guard let items = rule["items"] else { throw Fault(.invalidParameter, "The rule has a part without an index.") }
        var elements: [JSONValue] = []
        for item in items.array ?? [items] { elements.append(try value(of: item, row)) }
        return .array(elements)
    }

    private static func leaf(_ text: String, type: String) throws(Fault) -> JSONValue {
        switch type {
        case "string": return .string(text)
        case "boolean" where text == "true" || text == "false": return .bool(text == "true")
        case "number", "integer":
            let value: JSONValue
            do { value = try JSONValue(parsing: Array(text.utf8)) } catch { value = .null }
            if case .number = value { return value }
            throw Fault(.invalidParameter, "\(text.prefix(40)) is no number.")
        default: throw Fault(.invalidParameter, "\(text.prefix(40)) is no \(type).")
        }
    }

    private static func columns(of rule: JSONValue) -> [Int64] {
        if let index = rule["index"]?.integer { return [index] }
        let inner =
            (rule["properties"]?.object?.members.map(\.value) ?? []) + (rule["items"].map { $0.array ?? [$0] } ?? [])
        return inner.flatMap(columns)
    }
}
