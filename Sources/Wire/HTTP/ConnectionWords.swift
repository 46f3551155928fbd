/// What `Connection` asks for.
struct ConnectionWords {
    var hasClose = false
    var hasKeepAlive = false
    var hasUpgrade = false
    /// Whether it names fields besides the known ones.
    var namesFields = false

    init() {}

    init(_ fields: HeadFields) {
        for field in fields.list where field.kind == .connection {
            fields.bytes.withUnsafeBytes { note($0, field.value.lowerBound, field.value.upperBound) }
        }
    }

    /// Whether another message may follow on the connection.
    func keepsAlive(isVersion11: Bool) -> Bool { !hasClose && (isVersion11 || hasKeepAlive) }

    /// Looks at one value, a list of words.
    mutating func note(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        var start = start
        while start < end {
            let comma = (start..<end).first { bytes[$0] == UInt8(ascii: ",") } ?? end
            var last = comma
            while start < last, HeadFields.isSpace(bytes[start]) { start += 1 }
            while last > start, HeadFields.isSpace(bytes[last - 1]) { last -= 1 }
            if last > start { noteWord(bytes, start, last) }
            start = comma + 1
        }
    }

    private mutating func noteWord(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) {
        if FieldKind.equals(bytes, start, end, "keep-alive") {
            hasKeepAlive = true
        } else if FieldKind.equals(bytes, start, end, "close") {
            hasClose = true
        } else if FieldKind.equals(bytes, start, end, "upgrade") {
            hasUpgrade = true
        } else if !FieldKind.equals(bytes, start, end, "te") {
            namesFields = true
        }
    }
}
