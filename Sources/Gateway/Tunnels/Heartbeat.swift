import NIOCore

/// Tells a WebSocket's pings and pongs from what people and programs do.
enum Heartbeat {
    /// Whether bytes that came together are whole control frames without exception (RFC 6455, 5.5).
    ///
    /// A piece from the middle of a message may look like one; that costs a sign of life that the next piece gives.
    static func isAll(of buffer: ByteBuffer) -> Bool {
        var index = buffer.readerIndex
        guard buffer.readableBytes >= 2, buffer.readableBytes <= 1_024 else { return false }
        while index < buffer.writerIndex {
            guard let frame = buffer.getInteger(at: index, as: UInt16.self) else { return false }
            let isPingOrPong = frame >> 8 == 0x89 || frame >> 8 == 0x8a
            let length = Int(frame & 0x7f)
            guard isPingOrPong, length < 126 else { return false }
            index += 2 + length + (frame & 0x80 == 0 ? 0 : 4)
        }
        return index == buffer.writerIndex
    }
}
