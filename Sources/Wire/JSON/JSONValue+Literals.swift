extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    public init(nilLiteral: ()) { self = .null }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .number(String(value)) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(JSONObject(elements.map { (name: $0.0, value: $0.1) }))
    }
}

extension JSONValue {
    public init(_ value: Int64) { self = .number(String(value)) }
    public init(_ value: Int) { self = .number(String(value)) }
    public init(_ value: Bool) { self = .bool(value) }
    /// The text, or null.
    public init(_ value: String?) { self = value.map { .string($0) } ?? .null }
    /// The number, or null.
    public init(_ value: Int64?) { self = value.map { .number(String($0)) } ?? .null }

    /// A number from the text of a plain decimal, which is written as it is.
    public static func decimal(_ text: String) -> JSONValue { .number(text) }

    public var string: String? { if case .string(let value) = self { value } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
    /// The whole number; nil for `1.0`, `1e3` and what 64 bits do not hold.
    public var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }
    public var isNull: Bool { self == .null }

    /// A member of an object; nil where this is no object or has none of the name.
    public subscript(name: String) -> JSONValue? { object?[name] }
}

extension JSONValue {
    /// Whether two values say the same, whatever the order of names and the layout.
    public func isSame(as other: JSONValue) -> Bool {
        switch (self, other) {
        case (.array(let left), .array(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { $0.isSame(as: $1) }
        case (.object(let left), .object(let right)):
            return left.members.count == right.members.count
                && left.members.allSatisfy { name, value in right[name].map { value.isSame(as: $0) } ?? false }
        default: return self == other
        }
    }
}
