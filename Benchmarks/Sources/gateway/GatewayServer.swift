import Gateway
import Glibc
import Hummingbird
import Kernel
import Logging
import NIOCore
import Platform
import Wire

/// The gateway in front of Hummingbird, as `atelier serve` has it, with resolvers that know one token.
///
/// usage: gateway PORT BARE-PORT TOKEN SOCKETS UPSTREAM-PORT. `/notebooks/ID/…` goes to `SOCKETS/ID.sock`,
/// `/v1/infers/ID/…` to the upstream's port; `/asked/…` and `/kept/…` too, decided by a task each time and
/// every five seconds. The bare port has no gateway.
@main struct GatewayServer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 6, let port = Int(arguments[1]), let bare = Int(arguments[2]),
            let upstreamPort = Int(arguments[5])
        else { throw Fault(.invalidParameter, "usage: gateway PORT BARE-PORT TOKEN SOCKETS UPSTREAM-PORT") }
        let activities = RouteActivities(clock: HostClock())
        let sockets = arguments[4]
        func door(
            _ prefix: String, waits: Bool = false, keep: Int64 = 0,
            to upstream: @escaping @Sendable (String) -> Upstream
        ) -> RouteDoor {
            let resolver = FixedResolver(
                token: arguments[3], activities: activities, waits: waits, keepSeconds: keep, upstream: upstream)
            return RouteDoor(prefix: prefix, cookie: "atelier", resolver: resolver)
        }
        let loopback: @Sendable (String) -> Upstream = { _ in .loopback(port: upstreamPort) }
        let logger = Logger(label: "gateway")
        let proxy = ReverseProxy(
            doors: [
                door("/notebooks/") { .socket(path: "\(sockets)/\($0).sock") }, door("/v1/infers/", to: loopback),
                door("/asked/", waits: true, to: loopback), door("/kept/", waits: true, keep: 5, to: loopback),
            ], logger: logger)
        async let plain: Void = serve(bare, entrance: { [] }, logger)
        try await serve(port, entrance: { [proxy.entrance()] }, logger)
        try await plain
    }

    private static func serve(
        _ port: Int, entrance: @escaping @Sendable () -> [any RemovableChannelHandler], _ logger: Logger
    ) async throws {
        let router = Router()
        router.get("/healthz") { _, _ in "well" }
        let application = Application(
            router: router,
            server: .http1(configuration: .init(additionalChannelHandlers: entrance(), idleTimeout: .seconds(60))),
            configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}

/// Lets whoever shows the token through.
private struct FixedResolver: RouteResolver {
    let token: String
    let activities: RouteActivities
    let waits: Bool
    let keepSeconds: Int64
    let upstream: @Sendable (String) -> Upstream

    func known(_ request: RouteRequest) -> RouteDecision? { waits ? nil : decision(request) }
    func decide(_ request: RouteRequest) async -> RouteDecision { decision(request) }

    private func decision(_ request: RouteRequest) -> RouteDecision {
        guard request.credential?.token == token else {
            return .refuse(Fault(.unauthenticated, "Show the token."))
        }
        let subject = request.subject
        var forward = Forward(to: upstream(subject))
        forward.activity = activities.activity(of: subject)
        forward.keepSeconds = keepSeconds
        return .forward(forward)
    }
}

private struct HostClock: WallClock {
    func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
