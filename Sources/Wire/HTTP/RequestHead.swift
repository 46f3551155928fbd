/// The head of a request in HTTP/1, read so strictly that whoever reads it after us reads the same.
public struct RequestHead: Sendable {
    public let fields: HeadFields
    /// Where the method stands in the bytes.
    public let methodRange: Range<Int>
    /// Where the target stands, without scheme and host if it had them.
    public let targetRange: Range<Int>
    /// Whether the message is HTTP/1.1, not 1.0.
    public let isVersion11: Bool
    public let framing: BodyFraming
    /// Whether the client wants to go on with the connection.
    public let keepsAlive: Bool
    /// Whether the client asks to leave HTTP.
    public let asksUpgrade: Bool
    /// Whether `Connection` names fields besides the known ones, which then end here too.
    public let namesFields: Bool

    public var method: String { fields.text(methodRange) }
    public var target: String { fields.text(targetRange) }

    /// The target up to the question mark.
    public var path: String { fields.text(pathRange) }

    /// The target behind the question mark, as it is written.
    public var query: String? {
        pathRange.upperBound < targetRange.upperBound
            ? fields.text(pathRange.upperBound + 1..<targetRange.upperBound) : nil
    }

    /// Where the path stands in the bytes.
    public var pathRange: Range<Int> {
        let end = fields.bytes[targetRange].firstIndex(of: UInt8(ascii: "?")) ?? targetRange.upperBound
        return targetRange.lowerBound..<end
    }

    /// Whether the method is a word, which is written in upper case.
    public func isMethod(_ word: String) -> Bool { fields.bytes[methodRange].elementsEqual(word.utf8) }

    /// Whether sending the request twice does what sending it once does (RFC 9110, 9.2.2).
    public var isIdempotent: Bool { isSafe || isMethod("PUT") || isMethod("DELETE") }

    /// Whether the request only reads.
    public var isSafe: Bool { isMethod("GET") || isMethod("HEAD") || isMethod("OPTIONS") }

    /// Reads a head from the beginning of bytes.
    ///
    /// - Parameter searched: where an earlier reading of the same bytes said that the search goes on.
    public static func read(
        _ bytes: UnsafeRawBufferPointer, searched: Int = 0, limits: HeadLimits
    ) throws(HeadFault) -> HeadReading<RequestHead> {
        guard let length = HeadReader.length(of: bytes, from: searched) else {
            if bytes.count > limits.bytes { throw .tooLarge }
            if HeadReader.hasBareLineFeed(bytes, from: searched) { throw .malformed("a line ends in LF alone") }
            return .partial(searched: max(0, bytes.count - 3))
        }
        guard length <= limits.bytes else { throw .tooLarge }
        var reader = HeadReader(UnsafeRawBufferPointer(rebasing: bytes[..<length]), from: 0, limits: limits)
        let start = try StartLine(&reader)
        try reader.readFields()
        guard reader.index == length else { throw .malformed("an empty line stands before the end") }
        return .whole(try RequestHead(reader, start), bytes: length)
    }

    private init(_ reader: HeadReader, _ start: StartLine) throws(HeadFault) {
        fields = HeadFields(bytes: [UInt8](reader.bytes), list: reader.fields)
        methodRange = start.method
        targetRange = start.target
        isVersion11 = start.isVersion11
        framing = try Self.framing(reader, isVersion11: start.isVersion11)
        guard reader.hosts == 1 || reader.hosts == 0 && !start.isVersion11 else {
            throw .malformed("Host stands \(reader.hosts) times")
        }
        let connection = ConnectionWords(fields)
        keepsAlive = start.isVersion11 ? !connection.hasClose : connection.hasKeepAlive && !connection.hasClose
        asksUpgrade =
            connection.hasUpgrade && start.isVersion11 && reader.fields.contains { $0.kind == .upgrade }
        namesFields = connection.namesFields
    }

    private static func framing(_ reader: HeadReader, isVersion11: Bool) throws(HeadFault) -> BodyFraming {
        if reader.hasTransferEncoding {
            guard reader.length == nil else {
                throw .ambiguous("both Content-Length and Transfer-Encoding stand there")
            }
            guard isVersion11 else { throw .ambiguous("Transfer-Encoding stands in HTTP/1.0") }
            guard reader.isChunked else { throw .unsupported("Transfer-Encoding is not just chunked") }
            return .chunked
        }
        return reader.length.map { $0 == 0 ? .none : .length($0) } ?? .none
    }
}

/// `GET /path HTTP/1.1`.
private struct StartLine {
    let method: Range<Int>
    let target: Range<Int>
    let isVersion11: Bool

    init(_ reader: inout HeadReader) throws(HeadFault) {
        let bytes = reader.bytes
        var index = 0
        while index < bytes.count, HeadReader.isToken(bytes[index]) { index += 1 }
        method = 0..<index
        guard (1...32).contains(index), bytes[index] == UInt8(ascii: " ") else {
            throw .malformed("the request does not begin with a method")
        }
        var start = index + 1
        index = start
        while index < bytes.count, bytes[index] > 0x20, bytes[index] < 0x7f { index += 1 }
        let end = index
        guard end > start, index + 11 <= bytes.count, bytes[index] == UInt8(ascii: " ") else {
            throw .malformed("the request's target has a byte that may not stand there")
        }
        guard FieldKind.equals(bytes, index + 1, index + 8, "http/1."), bytes[index + 1] == UInt8(ascii: "H"),
            let minor = Optional(bytes[index + 8] &- UInt8(ascii: "0")), minor < 2
        else { throw .unsupported("the request is not HTTP/1.1") }
        isVersion11 = minor == 1
        if bytes[start] != UInt8(ascii: "/") { start = Self.pathStart(bytes, start, end) }
        target = start..<end
        reader.index = index + 9
        try reader.readLineEnd("the request's first line")
    }

    /// Behind scheme and host of an absolute target; where it was for anything else.
    private static func pathStart(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int {
        guard end - start > 7, FieldKind.equals(bytes, start, start + 7, "http://") else { return start }
        return (start + 7..<end).first { bytes[$0] == UInt8(ascii: "/") } ?? start
    }
}

/// What `Connection` asks for.
struct ConnectionWords {
    var hasClose = false
    var hasKeepAlive = false
    var hasUpgrade = false
    var namesFields = false

    init(_ fields: HeadFields) {
        for field in fields.list where field.kind == .connection {
            let word = field.value
            let known: Void? = fields.bytes.withUnsafeBytes { bytes in
                if FieldKind.equals(bytes, word.lowerBound, word.upperBound, "keep-alive") {
                    return hasKeepAlive = true
                }
                if FieldKind.equals(bytes, word.lowerBound, word.upperBound, "close") { return hasClose = true }
                if FieldKind.equals(bytes, word.lowerBound, word.upperBound, "upgrade") { return hasUpgrade = true }
                return nil
            }
            if known == nil { noteList(fields) }
        }
    }

    private mutating func noteList(_ fields: HeadFields) {
        for word in fields.words(.connection) {
            switch word {
            case "keep-alive": hasKeepAlive = true
            case "close": hasClose = true
            case "upgrade": hasUpgrade = true
            case "", "te": break
            default: namesFields = true
            }
        }
    }
}
