import Gateway
import Glibc
import Hummingbird
import Kernel
import Logging
import Platform
import Wire

/// The gateway in front of Hummingbird, as `atelier serve` has it, with a resolver that knows one token.
///
/// usage: gateway PORT TOKEN SOCKETS UPSTREAM-PORT; `/notebooks/ID/…` goes to `SOCKETS/ID.sock`, `/v1/infers/ID/…` to the port.
@main struct GatewayServer {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 5, let port = Int(arguments[1]), let upstreamPort = Int(arguments[4]) else {
            throw Fault(.invalidParameter, "usage: gateway PORT TOKEN SOCKETS UPSTREAM-PORT")
        }
        let activities = RouteActivities(clock: HostClock())
        let token = arguments[2]
        let sockets = arguments[3]
        let logger = Logger(label: "gateway")
        let notebooks = RouteDoor(
            prefix: "/notebooks/", cookie: "atelier-notebook",
            resolver: FixedResolver(token: token, activities: activities) { .socket(path: "\(sockets)/\($0).sock") })
        let services = RouteDoor(
            prefix: "/v1/infers/", cookie: "atelier-service",
            resolver: FixedResolver(token: token, activities: activities) { _ in .loopback(port: upstreamPort) })
        let proxy = ReverseProxy(doors: [notebooks, services], logger: logger)
        let router = Router()
        router.get("/healthz") { _, _ in "well" }
        let application = Application(
            router: router,
            server: .http1(configuration: .init(additionalChannelHandlers: [proxy.entrance()], idleTimeout: .seconds(60))),
            configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
        try await application.runService()
    }
}

/// Lets whoever shows the token through; asks anew for every request.
private struct FixedResolver: RouteResolver {
    let token: String
    let activities: RouteActivities
    let upstream: @Sendable (String) -> Upstream

    func known(_ request: RouteRequest) -> RouteDecision? {
        guard request.credential?.token == token else {
            return .refuse(Fault(.unauthenticated, "Show the token."))
        }
        let subject = request.subject
        var forward = Forward(to: upstream(subject))
        forward.activity = activities.activity(of: subject)
        return .forward(forward)
    }

    func decide(_ request: RouteRequest) async -> RouteDecision {
        known(request) ?? .refuse(Fault(.unauthenticated, "Show the token."))
    }
}

private struct HostClock: WallClock {
    func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(milliseconds: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
