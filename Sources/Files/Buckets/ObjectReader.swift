import Synchronization

/// Reads one object piece by piece, as whoever takes the pieces asks for them.
final class ObjectReader: Sendable {
    private let file: Descriptor
    private let offset: Mutex<Int64>

    init(file: Descriptor, offset: Int64) {
        self.file = file
        self.offset = Mutex(offset)
    }

    /// The next piece; nil at the end.
    func next() async throws -> [UInt8]? {
        await Task.yield()
        return try await SystemError.asFault {
            let chunk = try offset.withLock { offset in
                let chunk = try file.read(at: offset, count: chunkBytes)
                offset += Int64(chunk.count)
                return chunk
            }
            return chunk.isEmpty ? nil : chunk
        }
    }
}
