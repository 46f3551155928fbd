public import Identity
public import Kernel

/// Moves a simulated clock, and closes the hours that end on the way; an operator's act.
public struct MoveClock: Sendable {
    private let ports: Ports
    private let clock: (any MovableClock)?

    public init(_ ports: Ports, clock: (any MovableClock)?) {
        self.ports = ports
        self.clock = clock
    }

    /// Moves to a moment and gives it; refused where the server runs on real time or the moment is past.
    public func callAsFunction(to instant: Instant, caller: Caller) async throws -> Instant {
        try caller.require(.operate, in: Scope(account: caller.account))
        guard let clock else {
            throw Fault(.conflict, "The server runs on real time; start it with --clock simulated to move its clock.")
        }
        try clock.move(to: instant)
        return ports.clock.now()
    }
}
