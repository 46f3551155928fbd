import Metrics
import Platform
import Synchronization

/// What `/metrics` shows of the gateway.
final class ProxyCounts: Sendable {
    private let doors: [Door]

    private final class Door: Sendable {
        /// By the first digit of the status; 0 for requests that got none.
        let requests: [Counter]
        let duration: Metrics.Timer
        let up: Counter
        let down: Counter
        let tunnels: Meter
        let openTunnels = Mutex(0)
        let failures: [Counter]

        init(_ prefix: String) {
            let door = ("door", prefix)
            requests = (0...5).map { digit in
                Counter(label: "gateway_requests", dimensions: [door, ("status", digit == 0 ? "none" : "\(digit)xx")])
            }
            duration = Metrics.Timer(label: "gateway_request_duration", dimensions: [door])
            up = Counter(label: "gateway_bytes", dimensions: [door, ("direction", "up")])
            down = Counter(label: "gateway_bytes", dimensions: [door, ("direction", "down")])
            tunnels = Meter(label: "gateway_open_tunnels", dimensions: [door])
            failures = ["failed", "timed_out"].map { reason in
                Counter(label: "gateway_upstream_failures", dimensions: [door, ("reason", reason)])
            }
        }
    }

    init(doors: [String]) { self.doors = doors.map(Door.init) }

    /// Counts a request that has ended; a tunnel's time is not a request's.
    func ended(_ report: ExchangeReport, door index: Int) {
        let door = doors[index]
        door.requests[min(report.status / 100, 5)].increment()
        if report.status != 101 { door.duration.recordNanoseconds(report.nanoseconds) }
        if report.bytesUp > 0 { door.up.increment(by: report.bytesUp) }
        if report.bytesDown > 0 { door.down.increment(by: report.bytesDown) }
        switch report.outcome {
        case .upstreamFailed: door.failures[0].increment()
        case .upstreamTimedOut: door.failures[1].increment()
        case .answered, .refused, .clientGone: break
        }
    }

    func tunnelsChange(by change: Int, door index: Int) {
        let door = doors[index]
        let open = door.openTunnels.withLock { open in
            open += change
            return open
        }
        door.tunnels.set(open)
    }
}
