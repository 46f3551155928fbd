import NIOCore

/// Bodies whose end the client is told by chunks.
extension ClientConnection {
    func writeChunk(_ piece: ByteBuffer) {
        guard piece.readableBytes > 0 else { return }
        var buffer = allocator.buffer(capacity: 24)
        buffer.writeString(String(piece.readableBytes, radix: 16))
        buffer.writeStaticString("\r\n")
        write(buffer)
        write(piece)
        write(ByteBuffer(staticString: "\r\n"))
    }

    func writeLastChunk() { write(ByteBuffer(staticString: "0\r\n\r\n")) }
}
