/// Finds the end of a body while its bytes pass.
public struct BodyReader: Sendable {
    private enum State: Sendable {
        case length(Int64)
        case chunked(ChunkReader)
        case untilClose
    }

    private var state: State

    /// A body that has just begun.
    public init(_ framing: BodyFraming, trailerBytes: Int) {
        switch framing {
        case .none: state = .length(0)
        case .length(let length): state = .length(length)
        case .chunked: state = .chunked(ChunkReader(trailerBytes: trailerBytes))
        case .untilClose: state = .untilClose
        }
    }

    /// Whether the body has ended.
    public var isDone: Bool {
        switch state {
        case .length(let rest): rest == 0
        case .chunked(let reader): reader.isDone
        case .untilClose: false
        }
    }

    /// Whether the connection's end is the body's end.
    public var endsWithConnection: Bool {
        if case .untilClose = state { true } else { false }
    }

    /// How many of the next bytes belong to the body.
    public mutating func take(_ bytes: UnsafeRawBufferPointer) throws(HeadFault) -> Int {
        switch state {
        case .length(let rest):
            let count = Int(min(rest, Int64(bytes.count)))
            state = .length(rest - Int64(count))
            return count
        case .chunked(var reader):
            let count = try reader.read(bytes) { _ in }
            state = .chunked(reader)
            return count
        case .untilClose: return bytes.count
        }
    }
}
