import Hummingbird
import Kernel
import NIOCore

/// The content of an object as it comes over the wire, chunk by chunk; nothing is read ahead.
///
/// It ends with a fault where more or less came than was announced, so that a broken upload leaves no object.
struct ObjectBody: AsyncSequence, Sendable {
    typealias Element = [UInt8]
    let source: RequestBody
    /// What `Content-Length` announced; nil where the body is chunked.
    let announcedBytes: Int64?

    struct AsyncIterator: AsyncIteratorProtocol {
        var source: RequestBody.AsyncIterator
        let announcedBytes: Int64?
        var readBytes: Int64 = 0

        mutating func next() async throws -> [UInt8]? {
            guard let buffer = try await source.next() else {
                if let announcedBytes, readBytes != announcedBytes {
                    throw Fault(.malformedBody, "The body ended after \(readBytes) of \(announcedBytes) bytes.")
                }
                return nil
            }
            readBytes += Int64(buffer.readableBytes)
            guard readBytes <= Limits.objectBytes else { throw Fault.objectTooLarge }
            return Array(buffer.readableBytesView)
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: source.makeAsyncIterator(), announcedBytes: announcedBytes)
    }
}

extension Fault {
    static var objectTooLarge: Fault {
        Fault(.bodyTooLarge, "An object has at most \(Limits.objectBytes) bytes; split the data.")
    }
}
