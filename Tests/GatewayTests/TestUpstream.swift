import Glibc
import NIOCore
import NIOPosix
import Platform
import Synchronization

/// A real process's stand-in: listens, and runs a script on each connection.
final class TestUpstream: Sendable {
    let upstream: Upstream
    private let channel: any Channel
    private let opened: Counted

    final class Counted: Sendable { let value = Atomic<Int>(0) }

    /// How many connections were made to it.
    var connections: Int { opened.value.load(ordering: .relaxed) }

    private init(_ upstream: Upstream, _ channel: any Channel, _ opened: Counted) {
        self.upstream = upstream
        self.channel = channel
        self.opened = opened
    }

    /// Listens on a Unix socket, or on a port where asked to.
    static func start(
        onPort: Bool = false, _ script: @escaping @Sendable (RawConnection) async throws -> Void
    ) async throws -> TestUpstream {
        let opened = Counted()
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                opened.value.wrappingAdd(1, ordering: .relaxed)
                return RawConnection.made(channel).map { connection in
                    _ = channel.eventLoop.makeFutureWithTask {
                        try? await script(connection)
                        await connection.close()
                    }
                }
            }
        if onPort {
            let channel = try await bootstrap.bind(host: "127.0.0.1", port: 0).get()
            return TestUpstream(.loopback(port: channel.localAddress?.port ?? 0), channel, opened)
        }
        let path = Self.freshPath()
        return TestUpstream(
            .socket(path: path), try await bootstrap.bind(unixDomainSocketPath: path).get(), opened)
    }

    /// A path at which nothing listens.
    static func freshPath() -> String { "/tmp/gateway-test-\(getpid())-\(UInt64.random(in: 0 ... .max)).sock" }

    /// Answers every request with what a closure makes of its head and body.
    static func answering(
        onPort: Bool = false, _ answer: @escaping @Sendable (_ head: String, _ body: [UInt8]) -> String
    ) async throws -> TestUpstream {
        try await start(onPort: onPort) { connection in
            while true {
                let (head, body) = try await connection.takeRequest()
                try await connection.send(answer(head, body))
            }
        }
    }

    func stop() async {
        try? await channel.close()
        if case .socket(let path) = upstream { unlink(path) }
    }
}

extension RawConnection {
    /// Takes one request with its body, whose chunks are joined.
    func takeRequest() async throws -> (head: String, body: [UInt8]) {
        let head = try await take(through: "\r\n\r\n")
        let lines = head.split(separator: "\r\n").map { $0.lowercased() }
        if let line = lines.first(where: { $0.hasPrefix("content-length:") }) {
            let length = Int(line.split(separator: " ").last ?? "") ?? 0
            return (head, Array(try await take(count: length).readableBytesView))
        }
        guard lines.contains("transfer-encoding: chunked") else { return (head, []) }
        var body: [UInt8] = []
        while true {
            let size = Int(try await take(through: "\r\n").dropLast(1), radix: 16) ?? 0
            let chunk = try await take(count: size + 2)
            if size == 0 { return (head, body) }
            body += Array(chunk.readableBytesView.dropLast(2))
        }
    }
}
