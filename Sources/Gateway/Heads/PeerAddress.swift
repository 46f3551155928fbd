import NIOCore
import Wire

/// Who is connected.
struct PeerAddress {
    let text: String
    let bytes: [UInt8]
    /// Whether what it says of others is believed: it runs on this machine.
    let isTrusted: Bool

    init(_ address: SocketAddress?) {
        text = address?.ipAddress ?? "unknown"
        bytes = Array(text.utf8)
        isTrusted = text.hasPrefix("127.") || text == "::1" || text == "unknown"
    }

    /// Whether the browser's side of a request is encrypted.
    func isSecure(_ head: RequestHead) -> Bool { isTrusted && head.fields.first(.forwardedProto) == "https" }
}
