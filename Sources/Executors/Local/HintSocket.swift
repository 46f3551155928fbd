@preconcurrency import Dispatch
import Glibc
import Kernel
import Platform

/// A datagram socket on which shims hint that an attempt has a new record; one that is lost costs time only.
final class HintSocket: Sendable {
    let hints: AsyncStream<AttemptID>
    private let source: any DispatchSourceRead

    /// Listens; nil where the socket cannot be made, and then attempts are only looked at now and then.
    init?(path: String) {
        unlink(path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | 0x8_0800, 0)  // CLOEXEC, NONBLOCK
        guard descriptor >= 0, SocketAddress.with(path, { bind(descriptor, $0, $1) }) == 0 else {
            close(descriptor)
            return nil
        }
        let (hints, continuation) = AsyncStream.makeStream(
            of: AttemptID.self, bufferingPolicy: .bufferingNewest(Self.waiting))
        self.hints = hints
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor)
        source.setEventHandler {
            var bytes = [UInt8](repeating: 0, count: 256)
            while true {
                let count = recv(descriptor, &bytes, bytes.count, 0)
                guard count > 0 else { return }
                continuation.yield(AttemptID(String(decoding: bytes[..<count], as: UTF8.self)))
            }
        }
        source.setCancelHandler { close(descriptor) }
        source.activate()
    }

    deinit { source.cancel() }

    /// Hints that wait to be heard.
    private static let waiting = 100_000

    /// Sends a hint without waiting.
    static func send(_ attempt: AttemptID, to path: String) {
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | 0x8_0800, 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        let bytes = Array(attempt.text.utf8)
        _ = SocketAddress.with(path) { sendto(descriptor, bytes, bytes.count, 0, $0, $1) }
    }
}
