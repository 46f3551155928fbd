/// Something that was wrong, said so that a person can act on it.
public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of fault this is; it decides status, wire code and log level.
    public let code: FaultCode
    /// What was wrong and what to do, one sentence.
    public let message: String
    /// The field of the request it is about, as the caller wrote it (`spec.resource.flavor_id`).
    public let field: String?

    /// Names a fault; `field` is the path of the offending field in the request.
    public init(_ code: FaultCode, _ message: String, field: String? = nil) {
        self.code = code
        self.message = message
        self.field = field
    }

    public var description: String { field.map { "\($0): \(message)" } ?? message }
}

/// All that was wrong with one request, first fault first; never empty when thrown.
public struct Faults: Error, Sendable, CustomStringConvertible {
    public private(set) var all: [Fault]

    public init(_ all: [Fault] = []) { self.all = all }

    public var isEmpty: Bool { all.isEmpty }

    /// Notes a fault.
    public mutating func add(_ code: FaultCode, _ message: String, field: String? = nil) {
        all.append(Fault(code, message, field: field))
    }

    /// Notes a fault unless a condition holds.
    public mutating func require(
        _ condition: Bool, _ code: FaultCode, _ message: @autoclosure () -> String, field: String? = nil
    ) {
        if !condition { add(code, message(), field: field) }
    }

    /// Notes that a field has a value that cannot be used, unless a condition holds.
    public mutating func require(_ condition: Bool, _ message: @autoclosure () -> String, field: String? = nil) {
        require(condition, .invalidParameter, message(), field: field)
    }

    /// Notes a fault found elsewhere.
    public mutating func append(_ fault: Fault) { all.append(fault) }

    /// Notes everything found elsewhere.
    public mutating func append(_ faults: Faults) { all += faults.all }

    /// Throws everything noted so far, if anything was.
    public func check() throws(Faults) {
        if !all.isEmpty { throw self }
    }

    public var description: String { all.map(\.description).joined(separator: "; ") }
}
