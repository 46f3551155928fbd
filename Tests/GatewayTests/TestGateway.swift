import Kernel
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Platform
import Synchronization

@testable import Gateway

/// A server on a port of its own: the gateway in front of a small API, which answers `api METHOD PATH BYTES`.
final class TestGateway: Sendable {
    let port: Int
    let proxy: ReverseProxy
    private let channel: any Channel
    private let children: Children

    /// The connections that are open, so that a server that stops can tell them.
    final class Children: Sendable {
        let open = Mutex<[ObjectIdentifier: any Channel]>([:])
    }

    private init(_ channel: any Channel, _ proxy: ReverseProxy, _ children: Children) {
        self.channel = channel
        self.proxy = proxy
        self.children = children
        port = channel.localAddress?.port ?? 0
    }

    static func start(
        limits: ProxyLimits = .quick, resolver: any RouteResolver
    ) async throws -> TestGateway {
        let door = RouteDoor(prefix: "/nb/", cookie: "nb-token", hiddenCookies: ["console"], resolver: resolver)
        let proxy = ReverseProxy(
            doors: [door], limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let children = Children()
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                children.open.withLock { $0[ObjectIdentifier(channel)] = channel }
                channel.closeFuture.whenComplete { _ in
                    children.open.withLock { $0[ObjectIdentifier(channel)] = nil }
                }
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(
                        withPipeliningAssistance: false, withErrorHandling: false)
                    try channel.pipeline.syncOperations.addHandler(proxy.entrance())
                    try channel.pipeline.syncOperations.addHandler(SmallAPI())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return TestGateway(channel, proxy, children)
    }

    /// A gateway whose every request goes to one upstream.
    static func start(
        to upstream: Upstream, limits: ProxyLimits = .quick,
        _ change: @escaping @Sendable (inout Forward, RouteRequest) -> Void = { _, _ in }
    ) async throws -> TestGateway {
        try await start(
            limits: limits,
            resolver: TestResolver { request in
                var forward = Forward(to: upstream)
                change(&forward, request)
                return .forward(forward)
            })
    }

    /// Tells every connection that the server stops.
    func quiesce() {
        for channel in children.open.withLock({ Array($0.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    var openConnections: Int { children.open.withLock { $0.count } }

    func connect() async throws -> RawConnection { try await RawConnection.connect(port: port) }

    /// One request on a connection of its own.
    func ask(_ request: String, isHead: Bool = false) async throws -> RawAnswer {
        let client = try await connect()
        try await client.send(request)
        let answer = try await client.takeAnswer(isHead: isHead)
        await client.close()
        return answer
    }

    func stop() async { try? await channel.close() }
}

extension ProxyLimits {
    /// Long enough for a busy machine, short enough for tests that wait for them to pass.
    static var quick: ProxyLimits {
        var limits = ProxyLimits()
        limits.tick = .milliseconds(50)
        return limits
    }
}

/// Decides with a closure; without waiting unless told to.
struct TestResolver: RouteResolver {
    var waits = false
    let decision: @Sendable (RouteRequest) -> RouteDecision

    init(waits: Bool = false, _ decision: @escaping @Sendable (RouteRequest) -> RouteDecision) {
        self.waits = waits
        self.decision = decision
    }

    func known(_ request: RouteRequest) -> RouteDecision? { waits ? nil : decision(request) }

    func decide(_ request: RouteRequest) async -> RouteDecision {
        await Task.yield()
        return decision(request)
    }
}

/// The API behind the gateway.
final class SmallAPI: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?
    private var bytes = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): (self.head, bytes) = (head, 0)
        case .body(let buffer): bytes += buffer.readableBytes
        case .end:
            guard let head else { return }
            let text = "api \(head.method) \(head.uri) \(bytes)"
            let answer = HTTPResponseHead(
                version: .http1_1, status: .ok, headers: ["content-length": "\(text.utf8.count)"])
            context.write(wrapOutboundOut(.head(answer)), promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            if !head.isKeepAlive { context.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let answer = HTTPResponseHead(version: .http1_1, status: .badRequest, headers: ["content-length": "0"])
        context.write(wrapOutboundOut(.head(answer)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.close(promise: nil)
    }
}
