import CZlib
import Kernel

/// Unpacks gzip, also where several members follow each other.
final class Unzip {
    private var stream = z_stream()
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
    /// Whether the last member has been unpacked whole and nothing follows.
    private(set) var isAtEnd = false
    private var isInsideMember = true

    init() {
        // 32 lets zlib tell gzip by its head; it fails only where memory is out.
        inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    }

    deinit {
        inflateEnd(&stream)
        input.deallocate()
    }

    /// Unpacks into all the space there is; less only at the end.
    ///
    /// - Parameter read: gives the next packed bytes, none at the end of the file.
    func fill(
        _ space: UnsafeMutableRawBufferPointer, read: (UnsafeMutableRawBufferPointer) throws -> Int
    ) throws -> Int {
        stream.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(space.count)
        while stream.avail_out > 0, !isAtEnd {
            if stream.avail_in == 0 {
                stream.avail_in = UInt32(try read(input))
                stream.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
                if stream.avail_in == 0 {
                    guard !isInsideMember else {
                        throw Fault(.malformedBody, "the compressed bytes end too soon; copy the file again")
                    }
                    isAtEnd = true
                    break
                }
            }
            if !isInsideMember {
                inflateReset(&stream)
                isInsideMember = true
            }
            let status = inflate(&stream, Z_NO_FLUSH)
            guard status == Z_OK || status == Z_STREAM_END || status == Z_BUF_ERROR else {
                throw Fault(.malformedBody, "the compressed bytes are damaged; copy the file again")
            }
            if status == Z_STREAM_END { isInsideMember = false }
        }
        return space.count - Int(stream.avail_out)
    }
}
