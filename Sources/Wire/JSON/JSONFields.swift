public import Kernel
import Synchronization

/// Reads the fields of a request's object and notes everything that is wrong, so that all faults are told at once.
///
/// A field that is absent or null reads as nil; one of the wrong kind is a fault and reads as nil.
public struct JSONFields: Sendable {
    private let object: JSONObject
    private let path: String
    private let noted: NotedFaults

    /// The whole body of a request.
    public init(_ value: JSONValue, path: String = "") {
        let noted = NotedFaults()
        if value.object == nil {
            noted.append(Fault(.malformedBody, "An object was expected.", field: path.isEmpty ? nil : path))
        }
        self.init(object: value.object ?? JSONObject(), path: path, noted: noted)
    }

    private init(object: JSONObject, path: String, noted: NotedFaults) {
        self.object = object
        self.path = path
        self.noted = noted
    }

    /// A field's path in the request, such as `spec.resource.flavor_id`.
    public func path(of key: String) -> String { path.isEmpty ? key : path + "." + key }

    /// A field as it stands; nil where it is absent or null.
    public func value(_ key: String) -> JSONValue? {
        guard let value = object[key], value != .null else { return nil }
        return value
    }

    /// Notes a fault of a field.
    public func refuse(_ key: String, _ message: String, code: FaultCode = .invalidParameter) {
        noted.append(Fault(code, message, field: path(of: key)))
    }

    /// Notes faults found elsewhere.
    public func append(_ faults: Faults) { faults.all.forEach(noted.append) }

    /// Throws everything noted in this object and all that were read from it.
    public func check() throws(Faults) { try noted.all().check() }

    /// A text; characters are counted as Unicode scalars, since one grapheme can be of any length.
    public func string(_ key: String, characters: ClosedRange<Int> = 0...Int.max) -> String? {
        guard let value = value(key) else { return nil }
        guard let text = value.string else {
            refuse(key, "A text was expected.")
            return nil
        }
        let count = text.unicodeScalars.count
        guard characters.contains(count) else {
            let most = characters.upperBound == Int.max ? " or more" : " to \(characters.upperBound)"
            refuse(key, "\(characters.lowerBound)\(most) characters were expected, not \(count).")
            return nil
        }
        return text
    }

    public func requiredString(_ key: String, characters: ClosedRange<Int> = 1...Int.max) -> String {
        require(key)
        return string(key, characters: characters) ?? ""
    }

    public func integer(_ key: String, in range: ClosedRange<Int64> = Int64.min...Int64.max) -> Int64? {
        guard let value = value(key) else { return nil }
        guard let number = value.integer else {
            refuse(key, "A whole number was expected.")
            return nil
        }
        guard range.contains(number) else {
            refuse(key, "A number from \(range.lowerBound) to \(range.upperBound) was expected, not \(number).")
            return nil
        }
        return number
    }

    public func requiredInteger(_ key: String, in range: ClosedRange<Int64>) -> Int64 {
        require(key)
        return integer(key, in: range) ?? range.lowerBound
    }

    public func bool(_ key: String) -> Bool? {
        guard let value = value(key) else { return nil }
        if value.bool == nil { refuse(key, "true or false was expected.") }
        return value.bool
    }

    public func object(_ key: String) -> JSONFields? {
        guard let value = value(key) else { return nil }
        guard let inner = value.object else {
            refuse(key, "An object was expected.")
            return nil
        }
        return JSONFields(object: inner, path: path(of: key), noted: noted)
    }

    /// A nested object; an empty one, and a fault, where it is not there.
    public func requiredObject(_ key: String) -> JSONFields {
        require(key)
        return object(key) ?? JSONFields(object: JSONObject(), path: path(of: key), noted: noted)
    }

    /// The objects of a list; an absent list is empty.
    public func objects(_ key: String, limit: Int) -> [JSONFields] {
        elements(key, limit: limit).enumerated().compactMap { index, element in
            let elementPath = "\(path(of: key))[\(index)]"
            guard let inner = element.object else {
                noted.append(Fault(.invalidParameter, "An object was expected.", field: elementPath))
                return nil
            }
            return JSONFields(object: inner, path: elementPath, noted: noted)
        }
    }

    /// The texts of a list; an absent list is empty.
    public func strings(_ key: String, limit: Int) -> [String] {
        elements(key, limit: limit).enumerated().compactMap { index, element in
            if element.string == nil {
                noted.append(Fault(.invalidParameter, "A text was expected.", field: "\(path(of: key))[\(index)]"))
            }
            return element.string
        }
    }

    /// The members of an object of texts, in order; numbers and truth values count as their text.
    public func stringMap(_ key: String, limit: Int) -> [(key: String, value: String)] {
        guard let inner = object(key) else { return [] }
        guard inner.object.members.count <= limit else {
            refuse(key, "At most \(limit) entries are taken, not \(inner.object.members.count).")
            return []
        }
        return inner.object.members.compactMap { name, value in
            switch value {
            case .string(let text), .number(let text): return (key: name, value: text)
            case .bool(let value): return (key: name, value: value ? "true" : "false")
            case .null: return (key: name, value: "")
            case .array, .object:
                inner.refuse(name, "A text was expected.")
                return nil
            }
        }
    }

    private func elements(_ key: String, limit: Int) -> [JSONValue] {
        guard let value = value(key) else { return [] }
        guard let elements = value.array else {
            refuse(key, "A list was expected.")
            return []
        }
        guard elements.count <= limit else {
            refuse(key, "At most \(limit) elements are taken, not \(elements.count).")
            return []
        }
        return elements
    }

    private func require(_ key: String) {
        if value(key) == nil { refuse(key, "This field is needed.", code: .missingParameter) }
    }
}

/// The faults that a request's cursors share.
private final class NotedFaults: Sendable {
    private let faults = Mutex(Faults())

    func append(_ fault: Fault) { faults.withLock { $0.append(fault) } }
    func all() -> Faults { faults.withLock { $0 } }
}
