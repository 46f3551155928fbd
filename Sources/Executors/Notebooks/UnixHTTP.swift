import Glibc
import Kernel

/// One HTTP request over a Unix socket, by plain system calls: what the server asks a notebook of itself.
struct UnixHTTP {
    let path: String
    /// Seconds that the whole exchange may take.
    let seconds: Int

    enum Failure: Error, Equatable {
        /// Nobody listens.
        case silent
        /// Somebody listens, and gave no whole answer.
        case incomplete
        /// This process has no descriptor left to ask with.
        case exhausted
    }

    struct Answer {
        let status: Int
        let body: [UInt8]
    }

    func get(_ target: String) throws(Failure) -> Answer {
        let head = ["GET \(target) HTTP/1.0", "Host: localhost", "Connection: close", "Accept: application/json"]
        return try ask(head, [], limit: Limits.notebookAnswerBytes)
    }

    func post(_ body: [UInt8], type: String, to target: String) throws(Failure) -> Answer {
        let head = [
            "POST \(target) HTTP/1.0", "Host: localhost", "Connection: close", "Content-Type: \(type)",
            "Content-Length: \(body.count)",
        ]
        return try ask(head, body, limit: Int(Limits.callBytes))
    }

    private func ask(_ head: [String], _ body: [UInt8], limit: Int) throws(Failure) -> Answer {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | 0x8_0000, 0)  // CLOEXEC
        guard descriptor >= 0 else { throw .exhausted }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: seconds, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard SocketAddress.with(path, { connect(descriptor, $0, $1) }) == 0 else { throw .silent }
        let request = Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
        guard Self.send(request, to: descriptor) else { throw .incomplete }
        return try Self.answer(of: try Self.receive(from: descriptor, limit: limit))
    }

    private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        // A notebook that goes away meanwhile must not end the server.
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            done += count
        }
        return true
    }

    private static func receive(from descriptor: Int32, limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while bytes.count <= limit {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .incomplete }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
        throw .incomplete
    }

    /// Cuts `HTTP/1.1 200 OK … body`.
    private static func answer(of bytes: [UInt8]) throws(Failure) -> Answer {
        let words = bytes.prefix(16).split(separator: 0x20)
        guard words.count >= 2, let status = Int(String(decoding: words[1], as: UTF8.self)),
            let cut = bytes.indices.first(where: { bytes[$0...].starts(with: [13, 10, 13, 10]) })
        else { throw .incomplete }
        return Answer(status: status, body: Array(bytes[(cut + 4)...]))
    }
}
