/// The head of an answer in HTTP/1.
public struct ResponseHead: Sendable {
    public let fields: HeadFields
    public let status: Int
    /// Status and words as they came, `200 OK`.
    public let statusRange: Range<Int>
    public let framing: BodyFraming
    /// Whether another request may follow on the connection.
    public let keepsAlive: Bool
    /// Whether `Connection` names fields besides the known ones.
    public let namesFields: Bool

    /// Reads a head from the beginning of bytes.
    ///
    /// - Parameters:
    ///   - searched: where an earlier reading of the same bytes said that the search goes on.
    ///   - isBodiless: whether the request was HEAD, whose answer has no body whatever its fields say.
    public static func read(
        _ bytes: UnsafeRawBufferPointer, searched: Int = 0, isBodiless: Bool, limits: HeadLimits
    ) throws(HeadFault) -> HeadReading<ResponseHead> {
        guard let length = HeadReader.length(of: bytes, from: searched) else {
            if bytes.count > limits.bytes { throw .tooLarge }
            if HeadReader.hasBareLineFeed(bytes, from: searched) { throw .malformed("a line ends in LF alone") }
            return .partial(searched: max(0, bytes.count - 3))
        }
        guard length <= limits.bytes else { throw .tooLarge }
        var reader = HeadReader(UnsafeRawBufferPointer(rebasing: bytes[..<length]), from: 0, limits: limits)
        let (status, minor, range) = try statusLine(&reader)
        try reader.readFields()
        guard reader.index == length else { throw .malformed("an empty line stands before the end") }
        let head = try ResponseHead(
            reader, status: status, range: range, isVersion11: minor == 1, isBodiless: isBodiless)
        return .whole(head, bytes: length)
    }

    private init(
        _ reader: HeadReader, status: Int, range: Range<Int>, isVersion11: Bool, isBodiless: Bool
    ) throws(HeadFault) {
        self.status = status
        statusRange = range
        fields = HeadFields(bytes: [UInt8](reader.bytes), list: reader.fields)
        let framing = try Self.framing(reader, isBodiless: isBodiless || status < 200 || status == 204 || status == 304)
        self.framing = framing
        let connection = ConnectionWords(fields)
        let isWilling = isVersion11 ? !connection.hasClose : connection.hasKeepAlive && !connection.hasClose
        keepsAlive = isWilling && framing != .untilClose
        namesFields = connection.namesFields
    }

    private static func framing(_ reader: HeadReader, isBodiless: Bool) throws(HeadFault) -> BodyFraming {
        if reader.hasTransferEncoding, reader.length != nil {
            throw .ambiguous("both Content-Length and Transfer-Encoding stand there")
        }
        if isBodiless { return .none }
        if reader.hasTransferEncoding {
            guard reader.isChunked else { throw .unsupported("Transfer-Encoding is not just chunked") }
            return .chunked
        }
        return reader.length.map { $0 == 0 ? .none : .length($0) } ?? .untilClose
    }

    /// `HTTP/1.1 200 OK`.
    private static func statusLine(
        _ reader: inout HeadReader
    ) throws(HeadFault) -> (status: Int, minor: UInt8, range: Range<Int>) {
        let bytes = reader.bytes
        guard bytes.count > 13, FieldKind.equals(bytes, 0, 7, "http/1."), bytes[0] == UInt8(ascii: "H"),
            let minor = Optional(bytes[7] &- UInt8(ascii: "0")), minor < 2, bytes[8] == UInt8(ascii: " ")
        else { throw .malformed("the answer is not HTTP/1.1") }
        var status = 0
        for index in 9..<12 {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { throw .malformed("the answer has no status") }
            status = status * 10 + Int(digit)
        }
        guard status >= 100, bytes[12] == UInt8(ascii: " ") || bytes[12] == UInt8(ascii: "\r") else {
            throw .malformed("the answer has no status")
        }
        reader.index = 12
        while reader.index < bytes.count, HeadReader.isOfValue(bytes[reader.index]) { reader.index += 1 }
        let range = 9..<reader.index
        try reader.readLineEnd("the answer's first line")
        return (status, minor, range)
    }
}
