/// A process that answers requests.
public enum Upstream: Hashable, Sendable {
    /// A Unix domain socket, by a path of at most 107 bytes.
    case socket(path: String)
    /// A port of this machine.
    case loopback(port: Int)
}
