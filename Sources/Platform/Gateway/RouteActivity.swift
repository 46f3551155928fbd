public import Kernel
import Synchronization

/// How something behind the gateway is used: changed by many threads without a lock.
public final class RouteActivity: Sendable {
    public let id: String
    private let clock: any WallClock
    private let last: Atomic<Int64>
    private let exchanges = Atomic<Int>(0)
    private let tunnels = Atomic<Int>(0)
    private let up = Atomic<Int64>(0)
    private let down = Atomic<Int64>(0)

    init(id: String, clock: any WallClock) {
        self.id = id
        self.clock = clock
        last = Atomic(clock.now().milliseconds)
    }

    /// When a byte last passed that is a sign of life; at first, when it was first asked for. A WebSocket's pings and
    /// pongs are none.
    public var lastActivity: Instant { Instant(milliseconds: last.load(ordering: .relaxed)) }
    /// Requests that are being answered.
    public var openExchanges: Int { exchanges.load(ordering: .relaxed) }
    /// WebSockets that are open.
    public var openTunnels: Int { tunnels.load(ordering: .relaxed) }
    /// Bytes of bodies and tunnels since the server started, towards it and from it.
    public var bytesUp: Int64 { up.load(ordering: .relaxed) }
    public var bytesDown: Int64 { down.load(ordering: .relaxed) }

    /// Notes a sign of life.
    public func touch() { last.store(clock.now().milliseconds, ordering: .relaxed) }

    public func exchangesChange(by count: Int) { exchanges.wrappingAdd(count, ordering: .relaxed) }
    public func tunnelsChange(by count: Int) { tunnels.wrappingAdd(count, ordering: .relaxed) }
    public func countUp(_ bytes: Int) { up.wrappingAdd(Int64(bytes), ordering: .relaxed) }
    public func countDown(_ bytes: Int) { down.wrappingAdd(Int64(bytes), ordering: .relaxed) }
}

/// The use of everything behind the gateway, by id.
public final class RouteActivities: Sendable {
    private let known = Mutex<[String: RouteActivity]>([:])
    private let clock: any WallClock

    /// - Parameter clock: what tells the time of activity; idleness is judged by the same.
    public init(clock: any WallClock) { self.clock = clock }

    /// The use of one thing, counted from its first being asked for.
    public func activity(of id: String) -> RouteActivity {
        known.withLock { known in
            if let activity = known[id] { return activity }
            let activity = RouteActivity(id: id, clock: clock)
            known[id] = activity
            return activity
        }
    }

    /// The use of one thing, if it was ever asked for.
    public func known(_ id: String) -> RouteActivity? { known.withLock { $0[id] } }

    /// Lets go of what is stopped or deleted; what is open goes on being counted, unseen.
    public func forget(_ id: String) { known.withLock { $0[id] = nil } }
}
