import Kernel

/// Writes one object piece by piece, within a limit.
final class ObjectWriter {
    private let file: Descriptor
    private let limit: Int64
    private(set) var bytes: Int64 = 0
    private var unsynchronized = 0

    /// Bytes after which the disk is waited for, so that no single wait is long.
    private static let synchronizeEvery = 8 << 20

    init(file: Descriptor, limit: Int64 = Limits.objectBytes) {
        self.file = file
        self.limit = limit
    }

    func write(_ chunk: [UInt8]) async throws {
        var rest = chunk[...]
        while !rest.isEmpty {
            let piece = rest.prefix(chunkBytes)
            guard bytes + Int64(piece.count) <= limit else {
                throw Fault(.bodyTooLarge, "The object is larger than \(limit) bytes; nothing was kept.")
            }
            try file.write(piece)
            bytes += Int64(piece.count)
            unsynchronized += piece.count
            if unsynchronized >= Self.synchronizeEvery {
                try file.synchronize()
                unsynchronized = 0
            }
            rest = rest.dropFirst(piece.count)
            await Task.yield()
        }
    }
}
