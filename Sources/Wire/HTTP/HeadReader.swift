/// Walks over the lines of a head, strictly: every line ends in CR LF, no line is folded.
struct HeadReader {
    let bytes: UnsafeRawBufferPointer
    let limits: HeadLimits
    var index: Int

    /// What the framing fields said.
    var length: Int64?
    var isChunked = false
    var hasTransferEncoding = false
    var hosts = 0
    var fields: [HeadFields.Field] = []

    init(_ bytes: UnsafeRawBufferPointer, from index: Int, limits: HeadLimits) {
        self.bytes = bytes
        self.index = index
        self.limits = limits
        fields.reserveCapacity(16)
    }

    /// Reads fields up to and with the empty line.
    mutating func readFields() throws(HeadFault) {
        while true {
            guard index + 1 < bytes.count else { throw .malformed("the head ends early") }
            if bytes[index] == UInt8(ascii: "\r") {
                guard bytes[index + 1] == UInt8(ascii: "\n") else { throw .malformed("CR stands without LF") }
                index += 2
                return
            }
            try readField()
        }
    }

    private mutating func readField() throws(HeadFault) {
        let start = index
        while index < bytes.count, Self.isToken(bytes[index]) { index += 1 }
        let nameEnd = index
        guard nameEnd > start, index < bytes.count, bytes[index] == UInt8(ascii: ":") else {
            throw .malformed("a header's name is not a word followed by a colon")
        }
        index += 1
        while index < bytes.count, HeadFields.isSpace(bytes[index]) { index += 1 }
        let valueStart = index
        while index < bytes.count, Self.isOfValue(bytes[index]) { index += 1 }
        var valueEnd = index
        try readLineEnd("a header's value")
        while valueEnd > valueStart, HeadFields.isSpace(bytes[valueEnd - 1]) { valueEnd -= 1 }
        guard index - start <= limits.fieldBytes, fields.count < limits.fields else { throw .tooLarge }
        let kind = FieldKind.named(bytes, start, nameEnd)
        try note(kind, valueStart, valueEnd)
        fields.append(
            HeadFields.Field(
                kind: kind, start: UInt32(start), nameEnd: UInt32(nameEnd), valueStart: UInt32(valueStart),
                valueEnd: UInt32(valueEnd), end: UInt32(index)))
    }

    /// Passes over CR LF.
    mutating func readLineEnd(_ what: StaticString) throws(HeadFault) {
        guard index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\r"), bytes[index + 1] == UInt8(ascii: "\n")
        else { throw .malformed("\(what) has a byte that may not stand there") }
        index += 2
    }

    /// Looks at the fields that say where the body ends.
    private mutating func note(_ kind: FieldKind, _ start: Int, _ end: Int) throws(HeadFault) {
        switch kind {
        case .contentLength:
            guard length == nil else { throw .ambiguous("Content-Length stands twice") }
            length = try wholeNumber(start, end)
        case .transferEncoding:
            guard !hasTransferEncoding else { throw .ambiguous("Transfer-Encoding stands twice") }
            hasTransferEncoding = true
            isChunked = FieldKind.equals(bytes, start, end, "chunked")
        case .host: hosts += 1
        default: break
        }
    }

    private func wholeNumber(_ start: Int, _ end: Int) throws(HeadFault) -> Int64 {
        guard (1...18).contains(end - start) else { throw .ambiguous("Content-Length is no whole number") }
        var number: Int64 = 0
        for index in start..<end {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .ambiguous("Content-Length is no whole number") }
            number = number * 10 + Int64(digit)
        }
        return number
    }

    /// Whether bytes may stand in a name or a method (RFC 9110, 5.6.2).
    static func isToken(_ byte: UInt8) -> Bool {
        if (byte | 0x20) &- UInt8(ascii: "a") < 26 { return true }
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "!"),
            UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "`"),
            UInt8(ascii: "|"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    static func isOfValue(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7f || byte == UInt8(ascii: "\t") }

    /// How many bytes a head has up to and with its empty line, which is looked for from a place on; nil if it is not
    /// there yet.
    static func length(of bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        // An empty line's LF comes after CR LF CR; what matters to a strict reader is CR LF CR LF alone.
        var index = max(start, 3)
        let end = bytes.count
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\n") {
                if bytes[index - 2] == UInt8(ascii: "\n"), bytes[index - 1] == UInt8(ascii: "\r"),
                    bytes[index - 3] == UInt8(ascii: "\r")
                {
                    return index + 1
                }
                index += 2
            } else {
                index += byte == UInt8(ascii: "\r") ? 1 : 4
            }
        }
        return nil
    }

    /// Whether a line ends in LF alone, which no strict reader ever sees the end of.
    static func hasBareLineFeed(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Bool {
        (max(start, 1)..<max(start, 1, bytes.count)).contains { index in
            bytes[index] == UInt8(ascii: "\n") && bytes[index - 1] != UInt8(ascii: "\r")
        }
    }
}
