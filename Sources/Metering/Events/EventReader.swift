public import Kernel
import Wire

/// Reads events of CloudEvents 1.0 in JSON: one, or a batch in an array.
///
/// Source: CloudEvents 1.0.2, JSON event format, §3 and §4.
public struct EventReader {
    private let bytes: UnsafeRawBufferPointer
    private var events: [UsageEvent] = []
    private var faults = Faults()
    private var isBatch = false

    /// Every event of a body, or everything that is wrong with them.
    ///
    /// Fields of the faults name places: `[12].time`, or `time` where the body is one event.
    public static func events(in bytes: UnsafeRawBufferPointer) throws(Faults) -> [UsageEvent] {
        var reader = EventReader(bytes)
        do throws(Fault) {
            try reader.read()
        } catch {
            reader.faults.append(error)
        }
        try reader.faults.check()
        return reader.events
    }

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    private mutating func read() throws(Fault) {
        var scanner = JSONScanner(bytes)
        isBatch = try scanner.kind() == .array
        if isBatch {
            events.reserveCapacity(bytes.count / 200)
            var index = 0
            try scanner.elements { scanner throws(Fault) in
                guard index < Limits.eventsInBatch else {
                    throw Fault(.bodyTooLarge, "A batch has at most \(Limits.eventsInBatch) events; divide it.")
                }
                try event(&scanner, index)
                index += 1
            }
        } else {
            try event(&scanner, 0)
        }
        try scanner.end()
    }

    private mutating func event(_ scanner: inout JSONScanner, _ index: Int) throws(Fault) {
        guard try scanner.kind() == .object else {
            _ = try scanner.value()
            return add(.malformedBody, "An event is an object with specversion, id, source and type.", nil, index)
        }
        let start = scanner.index
        var draft = EventDraft()
        try scanner.members { scanner, name throws(Fault) in
            let attribute = try EventAttribute(name, in: scanner)
            let value = try scanner.value()
            guard let attribute else { return }
            guard draft.isFirst(attribute) else {
                return add(.malformedBody, "The attribute stands twice.", "\(attribute)", index)
            }
            try take(attribute, value, scanner, &draft, index)
        }
        try finish(draft, start..<scanner.index, scanner, index)
    }

    private mutating func take(
        _ attribute: EventAttribute, _ value: JSONSpan, _ scanner: JSONScanner, _ draft: inout EventDraft,
        _ index: Int
    ) throws(Fault) {
        if attribute == .data { return draft.data = value }
        if value.kind == .null { return }
        guard value.kind == .string else {
            return add(.invalidParameter, "The attribute is a text.", "\(attribute)", index)
        }
        guard (1...Limits.eventAttributeBytes).contains(value.range.count) || attribute == .binary else {
            return add(
                .invalidParameter, "The attribute has 1 to \(Limits.eventAttributeBytes) bytes.", "\(attribute)", index)
        }
        switch attribute {
        case .specversion: draft.version = value
        case .id: draft.id = value
        case .source: draft.source = value
        case .type: draft.type = try scanner.text(value)
        case .subject: draft.subject = try scanner.text(value)
        case .account: draft.account = try scanner.text(value)
        case .project: draft.project = try scanner.text(value)
        case .binary: draft.isBinary = true
        case .time:
            draft.time = Second(rfc3339: UnsafeRawBufferPointer(rebasing: bytes[value.range]))
            if draft.time == nil {
                add(.invalidParameter, "Write the time as 2026-03-01T08:00:00Z (RFC 3339).", "time", index)
            }
        case .data, .datacontenttype: break
        }
    }

    private mutating func finish(
        _ draft: EventDraft, _ range: Range<Int>, _ scanner: JSONScanner, _ index: Int
    ) throws(Fault) {
        if try draft.version.map({ version throws(Fault) in try scanner.says(version, "1.0") }) != true {
            add(.invalidParameter, "Send CloudEvents of version 1.0.", "specversion", index)
        }
        if draft.id == nil { add(.missingParameter, "An event has an id.", "id", index) }
        if draft.source == nil { add(.missingParameter, "An event has a source.", "source", index) }
        if draft.type == nil { add(.missingParameter, "An event has a type.", "type", index) }
        if draft.isBinary {
            add(.invalidParameter, "Send the data as JSON; data_base64 is not metered.", "data_base64", index)
        }
        if range.count > Limits.eventBytes {
            add(.bodyTooLarge, "An event has at most \(Limits.eventBytes) bytes.", nil, index)
        }
        guard let id = draft.id, let source = draft.source, let type = draft.type else { return }
        events.append(UsageEvent(draft, range: range, id: id, source: source, type: type))
    }

    private mutating func add(_ code: FaultCode, _ message: String, _ field: String?, _ index: Int) {
        guard faults.all.count < Limits.eventFaults else { return }
        faults.append(EventPlace(isBatch ? index : nil).fault(code, message, field))
    }
}

/// Where an event stands in its body, for faults.
public struct EventPlace: Hashable, Sendable {
    /// Nil where the body is one event.
    private let index: Int?

    public init(_ index: Int?) { self.index = index }

    /// A fault about a field of the event.
    public func fault(_ code: FaultCode, _ message: String, _ field: String?) -> Fault {
        let place = index.map { "[\($0)]" }
        let path = [place, field].compactMap { $0 }.joined(separator: ".")
        return Fault(code, message, field: path.isEmpty ? nil : path)
    }
}
