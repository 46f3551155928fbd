/// Walks over a chunked body (RFC 9112, 7.1) as it comes, strictly, without keeping any of it.
public struct ChunkReader: Sendable {
    private enum Place: UInt8, Sendable {
        case firstDigit, digits, space, leap, lineFeed, data, dataReturn, dataLineFeed
        case trailer, trailerLine, trailerLineFeed, lastLineFeed, done
    }

    private var place = Place.firstDigit
    private var size: Int64 = 0
    /// Bytes of the present line, and of all trailers.
    private var lineBytes = 0
    private var trailerBytes = 0
    private let trailerLimit: Int

    /// Bytes of a chunk's line; what may stand behind the size means nothing to anybody.
    private static let lineLimit = 256

    public init(trailerBytes: Int) { trailerLimit = trailerBytes }

    /// Whether the empty line behind the last chunk and the trailers has been read.
    public var isDone: Bool { place == .done }

    /// Reads on; answers how many bytes belong to the body.
    ///
    /// - Parameter data: told the ranges of the bytes that are content.
    public mutating func read(
        _ bytes: UnsafeRawBufferPointer, data: (Range<Int>) -> Void
    ) throws(HeadFault) -> Int {
        var index = 0
        while index < bytes.count, place != .done {
            if place == .data {
                let count = Int(min(size, Int64(bytes.count - index)))
                data(index..<index + count)
                index += count
                size -= Int64(count)
                if size == 0 { place = .dataReturn }
            } else {
                place = try place(after: bytes[index])
                index += 1
            }
        }
        return index
    }

    private mutating func place(after byte: UInt8) throws(HeadFault) -> Place {
        switch place {
        case .firstDigit, .digits, .space, .leap: return try placeInSize(byte)
        case .lineFeed:
            try expect(byte, UInt8(ascii: "\n"))
            return size == 0 ? .trailer : .data
        case .dataReturn:
            try expect(byte, UInt8(ascii: "\r"))
            return .dataLineFeed
        case .dataLineFeed:
            try expect(byte, UInt8(ascii: "\n"))
            return .firstDigit
        case .trailer, .trailerLine, .trailerLineFeed, .lastLineFeed: return try placeInTrailers(byte)
        case .data, .done: return place
        }
    }

    private mutating func placeInSize(_ byte: UInt8) throws(HeadFault) -> Place {
        if place == .firstDigit { (size, lineBytes) = (0, 0) }
        lineBytes += 1
        guard lineBytes <= Self.lineLimit else { throw .malformed("the line of a chunk's size is too long") }
        if place == .firstDigit || place == .digits, let digit = Self.digit(byte) {
            guard size < 1 << 55 else { throw .malformed("a chunk's size is too large") }
            size = size << 4 | Int64(digit)
            return .digits
        }
        if place != .firstDigit, byte == UInt8(ascii: "\r") { return .lineFeed }
        switch place {
        case .leap where HeadReader.isOfValue(byte): return .leap
        case .digits where byte == UInt8(ascii: ";"), .space where byte == UInt8(ascii: ";"): return .leap
        case .digits where HeadFields.isSpace(byte), .space where HeadFields.isSpace(byte): return .space
        default: throw .malformed("a chunk does not begin with its size")
        }
    }

    private mutating func placeInTrailers(_ byte: UInt8) throws(HeadFault) -> Place {
        trailerBytes += 1
        guard trailerBytes <= trailerLimit else { throw .tooLarge }
        switch place {
        case .trailer where byte == UInt8(ascii: "\r"): return .lastLineFeed
        case .trailer:
            guard HeadReader.isToken(byte) else { throw .malformed("a trailer does not begin with a name") }
            return .trailerLine
        case .trailerLine:
            if byte == UInt8(ascii: "\r") { return .trailerLineFeed }
            guard HeadReader.isOfValue(byte) else { throw .malformed("a trailer has a byte that may not stand there") }
            return .trailerLine
        case .trailerLineFeed:
            try expect(byte, UInt8(ascii: "\n"))
            return .trailer
        default:
            try expect(byte, UInt8(ascii: "\n"))
            return .done
        }
    }

    private func expect(_ byte: UInt8, _ wanted: UInt8) throws(HeadFault) {
        guard byte == wanted else { throw .malformed("a chunk does not end where its size says") }
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        let number = byte &- UInt8(ascii: "0")
        if number < 10 { return number }
        let letter = (byte | 0x20) &- UInt8(ascii: "a")
        return letter < 6 ? letter + 10 : nil
    }
}
