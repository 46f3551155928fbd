import NIOCore
import Platform

/// What one thread of the server keeps for the gateway. Used on that thread alone, so nothing of it needs a lock.
final class ProxyLoop {
    let eventLoop: any EventLoop
    let limits: ProxyLimits
    /// The time of the last tick: near enough for deadlines, and free.
    private(set) var now = NIODeadline.now()
    private var clients: [ObjectIdentifier: ClientConnection] = [:]
    private var pools: [Upstream: UpstreamPool] = [:]
    private var ticking: RepeatedTask?
    private var identities = RequestIdentities()

    init(_ eventLoop: any EventLoop, limits: ProxyLimits) {
        self.eventLoop = eventLoop
        self.limits = limits
    }

    /// A new request's id.
    func identity() -> RequestID { identities.next() }

    /// Has a client's deadline looked after from now on.
    func add(_ client: ClientConnection) {
        clients[ObjectIdentifier(client)] = client
        startTicking()
    }

    func remove(_ client: ClientConnection) { clients[ObjectIdentifier(client)] = nil }

    /// The connections to an upstream.
    func pool(_ upstream: Upstream) -> UpstreamPool {
        if let pool = pools[upstream] { return pool }
        let pool = UpstreamPool(upstream, loop: self)
        pools[upstream] = pool
        startTicking()
        return pool
    }

    private func startTicking() {
        guard ticking == nil else { return }
        now = .now()
        let this = NIOLoopBound(self, eventLoop: eventLoop)
        ticking = eventLoop.scheduleRepeatedTask(initialDelay: limits.tick, delay: limits.tick) { _ in this.value.tick()
        }
    }

    /// Ends what has taken too long; a gateway that nobody uses costs nothing.
    private func tick() {
        now = .now()
        for client in clients.values where client.deadline <= now { client.deadlinePassed() }
        for (upstream, pool) in pools {
            pool.closeIdle(before: now - limits.upstreamIdleTime)
            if pool.isEmpty { pools[upstream] = nil }
        }
        if clients.isEmpty, pools.isEmpty {
            ticking?.cancel()
            ticking = nil
        }
    }
}
