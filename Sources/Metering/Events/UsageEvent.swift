public import Kernel
public import Wire

/// One event as it came, in the terms of CloudEvents 1.0; its id and data stay spans of the body.
public struct UsageEvent: Hashable, Sendable {
    /// Its bytes within the body.
    public let range: Range<Int>
    public let id: JSONSpan
    public let source: JSONSpan
    public let type: String
    /// What the event is about: the resource on the bill.
    public let subject: String?
    /// When it happened; nil where it says nothing, which means when it came.
    public let time: Second?
    public let data: JSONSpan?
    /// The extension attributes `account` and `project`: whose use it is, where that is not the sender's own.
    public let account: String?
    public let project: String?

    init(_ draft: EventDraft, range: Range<Int>, id: JSONSpan, source: JSONSpan, type: String) {
        self.range = range
        self.id = id
        self.source = source
        self.type = type
        subject = draft.subject
        time = draft.time
        data = draft.data
        account = draft.account
        project = draft.project
    }
}

/// The attributes read so far.
struct EventDraft {
    var version: JSONSpan?
    var id: JSONSpan?
    var source: JSONSpan?
    var type: String?
    var subject: String?
    var time: Second?
    var data: JSONSpan?
    var account: String?
    var project: String?
    /// Whether the data comes encoded, which no meter reads.
    var isBinary = false
    private var seen: UInt16 = 0

    /// False where an attribute stands twice.
    mutating func isFirst(_ attribute: EventAttribute) -> Bool {
        let bit = UInt16(1) << attribute.rawValue
        defer { seen |= bit }
        return seen & bit == 0
    }
}

/// The attributes that mean something here; others are kept with the event and not looked at.
enum EventAttribute: UInt16 {
    case specversion, id, source, type, subject, time, data, binary, datacontenttype, account, project

    init?(_ name: JSONSpan, in scanner: JSONScanner) throws(Fault) {
        switch name.range.count {
        case _ where name.hasEscapes: self.init(word: try scanner.text(name))
        case 2 where try scanner.says(name, "id"): self = .id
        case 4 where try scanner.says(name, "type"): self = .type
        case 4 where try scanner.says(name, "data"): self = .data
        case 4 where try scanner.says(name, "time"): self = .time
        case 6 where try scanner.says(name, "source"): self = .source
        case 7, 11, 15: self.init(word: try scanner.text(name))
        default: return nil
        }
    }

    private init?(word: String) {
        switch word {
        case "specversion": self = .specversion
        case "id": self = .id
        case "source": self = .source
        case "type": self = .type
        case "subject": self = .subject
        case "time": self = .time
        case "data": self = .data
        case "data_base64": self = .binary
        case "datacontenttype": self = .datacontenttype
        case "account": self = .account
        case "project": self = .project
        default: return nil
        }
    }
}
