import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Random bytes of the operating system, fetched a block at a time: a system call for every id would cost more than it.
///
/// Bytes are wiped as they are given out. A process that forks must not go on in both halves, because they would share
/// the rest of a block; the server only forks to execute another program.
public final class SystemRandom: Sendable {
    private static let blockBytes = 4_096

    private struct Block {
        var bytes = [UInt8](repeating: 0, count: SystemRandom.blockBytes)
        var used = SystemRandom.blockBytes
    }

    private let block = Mutex(Block())

    public init() {}

    /// So many bytes that nobody can guess.
    public func bytes(_ count: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(count)
        block.withLock { block in
            for _ in 0..<count {
                if block.used == Self.blockBytes {
                    Self.fill(&block.bytes)
                    block.used = 0
                }
                result.append(block.bytes[block.used])
                block.bytes[block.used] = 0
                block.used += 1
            }
        }
        return result
    }

    /// 64 random bits.
    public func number() -> UInt64 { bytes(8).reduce(0) { ($0 << 8) | UInt64($1) } }

    /// A text of characters drawn evenly from an alphabet of at most 256 ASCII characters.
    public func text(_ count: Int, of alphabet: [UInt8]) -> String {
        // A byte from the top, incomplete round of the alphabet would favour its first characters.
        let fair = 256 / alphabet.count * alphabet.count
        var text: [UInt8] = []
        text.reserveCapacity(count)
        while text.count < count {
            for byte in bytes(count - text.count) where Int(byte) < fair {
                text.append(alphabet[Int(byte) % alphabet.count])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func fill(_ bytes: inout [UInt8]) {
        var filled = 0
        #if canImport(Glibc) || canImport(Musl)
            bytes.withUnsafeMutableBytes { buffer in
                // The call gives at most 256 bytes at a time.
                while filled < buffer.count, getentropy(buffer.baseAddress.map { $0 + filled }, 256) == 0 {
                    filled += 256
                }
            }
        #endif
        // Where the call is missing or forbidden, the standard library knows another way.
        var generator = SystemRandomNumberGenerator()
        while filled < bytes.count {
            bytes[filled] = UInt8.random(in: 0...255, using: &generator)
            filled += 1
        }
    }
}
