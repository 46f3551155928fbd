import Kernel
import NIOCore
import Platform
import Wire

/// What a client must do in time, and for how long a decision holds.
extension ClientConnection {
    /// What is waited for must have come after so long; nil for ever.
    func setDeadline(_ time: TimeAmount?) {
        deadline = time.map { loop.now + $0 + proxy.limits.tick } ?? .distantFuture
    }

    func deadlinePassed() {
        deadline = .distantFuture
        switch mode {
        case .head where inbox.readableBytes > 0:
            let door = proxy.door(ofUnread: inbox)
            inbox = ByteBuffer()
            refuseHead(Fault(.requestTimeout, "The request's head did not come in time."), door)
        case .head where openAPIRequests == 0, .draining: context?.close(promise: nil)
        case .exchange(let exchange): if !isProgressing(exchange) { exchange.deadlinePassed() }
        case .tunnel(let tunnel): tunnel.close(.answered)
        case .head, .api, .apiBody, .waiting: break
        }
    }

    /// Whether a client that reads slowly has read at all since it was last looked at.
    private func isProgressing(_ exchange: Exchange) -> Bool {
        guard exchange.phase == .answering,
            let waiting = try? context?.channel.syncOptions?.getOption(.bufferedWritableBytes)
        else { return false }
        defer { waitingAtDeadline = waiting }
        guard waiting < waitingAtDeadline else { return false }
        setDeadline(proxy.limits.stallTime)
        return true
    }

    // MARK: - Kept decisions

    /// The decision that the connection may go on with for a request, if there is one.
    func keptDecision(for head: RequestHead, door: ReverseProxy.Door) -> KeptDecision? {
        guard let kept, kept.door == door.index, kept.until > loop.now,
            kept.key == KeptDecision.key(of: head, door: door)
        else { return nil }
        return kept
    }

    func keep(_ forward: Forward, _ credential: RouteCredential?, for head: RequestHead, door: ReverseProxy.Door) {
        guard forward.keepSeconds > 0, let key = KeptDecision.key(of: head, door: door) else { return kept = nil }
        kept = KeptDecision(
            door: door.index, key: key, forward: forward, credential: credential,
            until: loop.now + .seconds(forward.keepSeconds))
    }
}
