import NIOCore
import Platform

/// Two connections that have left HTTP: whatever comes on one goes out on the other, until both have ended.
///
/// An idle one is never cut.
final class Tunnel {
    let client: ClientConnection
    private let upstream: UpstreamConnection
    private let activity: RouteActivity?
    private let end: (ExchangeReport.Outcome, _ up: Int64, _ down: Int64) -> Void
    private var up: Int64 = 0
    private var down: Int64 = 0
    private var hasClientEnded = false
    private var hasUpstreamEnded = false
    private var isOver = false

    /// - Parameter end: told once how it ended, with the bytes of both directions.
    init(
        client: ClientConnection, upstream: UpstreamConnection, activity: RouteActivity?,
        end: @escaping (ExchangeReport.Outcome, _ up: Int64, _ down: Int64) -> Void
    ) {
        self.client = client
        self.upstream = upstream
        self.activity = activity
        self.end = end
        activity?.tunnelsChange(by: 1)
    }

    var isUpstreamWritable: Bool { upstream.isWritable }

    // MARK: - Bytes

    func cameUp(_ buffer: ByteBuffer) {
        up += Int64(buffer.readableBytes)
        activity?.countUp(buffer.readableBytes)
        note(buffer)
        upstream.write(buffer)
    }

    func cameDown(_ buffer: ByteBuffer) {
        down += Int64(buffer.readableBytes)
        activity?.countDown(buffer.readableBytes)
        note(buffer)
        client.write(buffer)
    }

    private func note(_ buffer: ByteBuffer) {
        if let activity, !Heartbeat.isAll(of: buffer) { activity.touch() }
    }

    func flushUp() { upstream.flush() }
    func resumeUpstream() { upstream.resumeReading() }

    // MARK: - Ends

    /// The client sends nothing more; what the upstream still sends goes on for a while.
    func clientEnded() {
        hasClientEnded = true
        if hasUpstreamEnded { return close(.answered) }
        upstream.closeOutput()
        client.expectEnd()
    }

    /// The upstream sends nothing more.
    func upstreamEnded() {
        hasUpstreamEnded = true
        if hasClientEnded { return close(.answered) }
        client.closeOutput()
        client.expectEnd()
    }

    func clientClosed() { close(.answered) }
    func upstreamClosed() { close(hasUpstreamEnded || hasClientEnded ? .answered : .upstreamFailed) }

    /// Closes both sides, after what is on its way.
    func close(_ outcome: ExchangeReport.Outcome) {
        guard !isOver else { return }
        isOver = true
        activity?.tunnelsChange(by: -1)
        upstream.closeAfterWrites()
        client.closeAfterWrites()
        end(outcome, up, down)
    }
}
