import HTTPTypes
import Hummingbird
import Kernel
import NIOCore

/// Reads a request's body within its limit.
enum RequestBytes {
    /// The whole body; a larger one that says so is refused before a byte is read.
    static func collect(_ request: Request, atMost limit: Int = Limits.bodyBytes) async throws -> [UInt8] {
        guard hasBody(request) else { return [] }
        let announced = try announced(by: request, atMost: Int64(limit)) { tooLarge(limit) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(announced ?? 0))
        for try await buffer in request.body {
            guard bytes.count + buffer.readableBytes <= limit else { throw tooLarge(limit) }
            bytes.append(contentsOf: buffer.readableBytesView)
        }
        if let announced, announced != Int64(bytes.count) {
            throw Fault(.malformedBody, "The body ended after \(bytes.count) of \(announced) bytes.")
        }
        return bytes
    }

    /// Whether a body was announced at all; HTTP has none otherwise.
    static func hasBody(_ request: Request) -> Bool {
        if request.headers[.transferEncoding] != nil { return true }
        guard let length = request.headers[.contentLength] else { return false }
        return length != "0"
    }

    /// What `Content-Length` says; refused where it is above the limit.
    static func announced(
        by request: Request, atMost limit: Int64, orThrow fault: () -> Fault
    ) throws(Fault) -> Int64? {
        guard let text = request.headers[.contentLength] else { return nil }
        guard let length = Int64(text), length >= 0 else {
            throw Fault(.malformedBody, "Content-Length is no whole number.", field: "Content-Length")
        }
        if length > limit { throw fault() }
        return length
    }

    private static func tooLarge(_ limit: Int) -> Fault {
        Fault(.bodyTooLarge, "The body is larger than \(limit) bytes, the most that this operation reads.")
    }
}
