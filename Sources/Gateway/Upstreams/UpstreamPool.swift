import NIOCore
import NIOPosix
import Platform

/// One thread's connections to one upstream.
final class UpstreamPool {
    private let upstream: Upstream
    private unowned let loop: ProxyLoop
    /// Those that wait for a request, the one used last at the end.
    private var idle: [UpstreamConnection] = []
    private(set) var open = 0

    /// A request that cannot be sent twice does not take a connection that its upstream may be about to close.
    private static let freshTime = TimeAmount.seconds(1)

    init(_ upstream: Upstream, loop: ProxyLoop) {
        self.upstream = upstream
        self.loop = loop
    }

    var isEmpty: Bool { open == 0 }
    var isFull: Bool { open >= loop.limits.upstreamConnections }

    /// A connection that has answered before.
    ///
    /// - Parameter isRepeatable: whether the request may be sent again should the connection turn out to be dead.
    func lease(isRepeatable: Bool) -> UpstreamConnection? {
        guard let last = idle.last else { return nil }
        if !isRepeatable, last.idleSince + Self.freshTime < .now() { return nil }
        idle.removeLast()
        return last
    }

    /// A new connection.
    func connect() -> EventLoopFuture<UpstreamConnection>.Isolated {
        open += 1
        let limits = loop.limits
        let bootstrap = ClientBootstrap(group: loop.eventLoop)
            .connectTimeout(limits.connectTime)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(
                .writeBufferWaterMark, value: .init(low: limits.waitingBytes / 4, high: limits.waitingBytes)
            )
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(UpstreamConnection())
                }
            }
        let connected =
            switch upstream {
            case .socket(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .loopback(let port): bootstrap.connect(host: "127.0.0.1", port: port)
            }
        let made = connected.assumeIsolated().flatMapThrowing { [self] channel in
            let connection = try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self)
            connection.pool = self
            channel.closeFuture.assumeIsolated().whenComplete { [self] _ in closed(connection) }
            return connection
        }
        made.whenFailure { [self] _ in open -= 1 }
        return made
    }

    /// Takes back a connection whose request and answer are complete.
    func release(_ connection: UpstreamConnection) {
        guard idle.count < loop.limits.upstreamIdleConnections else { return connection.close() }
        connection.idleSince = .now()
        idle.append(connection)
    }

    private func closed(_ connection: UpstreamConnection) {
        open -= 1
        drop(connection)
    }

    /// Lets go of a connection that is of no use any more.
    func drop(_ connection: UpstreamConnection) { idle.removeAll { $0 === connection } }

    /// Closes what has waited for too long.
    func closeIdle(before moment: NIODeadline) {
        let old = idle.prefix { $0.idleSince < moment }
        idle.removeFirst(old.count)
        for connection in old { connection.close() }
    }
}
