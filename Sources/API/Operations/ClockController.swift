import Hummingbird
import Identity
import Kernel
import Platform
import Wire

/// The time that billing and lifecycles know, and moving it where it is simulated.
struct ClockController: Sendable {
    private let ports: Ports
    private let moveClock: MoveClock

    init(_ ports: Ports, moveClock: MoveClock) {
        self.ports = ports
        self.moveClock = moveClock
    }

    var routes: [Route] {
        [
            .known(.get, "/atelier/v1/clock", "Shows the server's time.", show),
            .known(.post, "/atelier/v1/clock", "Moves a simulated clock forward; for operators.", move),
        ]
    }

    @Sendable private func show(_ call: Call, _ caller: Caller) async throws -> Response { reading }

    @Sendable private func move(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await moveClock(to: try ClockWish(json: call.json()).instant, caller: caller)
        return reading
    }

    private var reading: Response {
        Answer.json(
            .fields(("now", .time(ports.clock.now())), ("simulated", .bool(ports.clock is any MovableClock))))
    }
}
