import Glibc

/// The kernel's form of a Unix socket's path.
enum SocketAddress {
    /// Bytes of a path that the kernel takes (unix(7)).
    static let capacity = 107

    /// - Parameter path: of any length: a longer one than the kernel takes goes by its open folder.
    static func with<Value>(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value) -> Value {
        var path = path
        var folder: Int32 = -1
        if path.utf8.count > capacity, let slash = path.lastIndex(of: "/") {
            folder = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            path = "/proc/self/fd/\(folder)" + path[slash...]
        }
        defer { if folder >= 0 { close(folder) } }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(capacity)) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}
