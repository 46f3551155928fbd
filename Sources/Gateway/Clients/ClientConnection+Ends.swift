import NIOCore
import Platform

/// How exchanges, tunnels and the connection itself end.
extension ClientConnection {
    /// The present exchange is answered; the next request may begin.
    func exchangeEnded(isWholeRequest: Bool) {
        if endsAfter || isQuiescing { return isWholeRequest ? closeAfterWrites() : linger() }
        mode = .head
        searched = 0
        flush()
        setDeadline(proxy.limits.idleTime)
        advance()
    }

    func becomeTunnel(_ tunnel: Tunnel) {
        mode = .tunnel(tunnel)
        setDeadline(nil)
        flush()
        try? context?.channel.syncOptions?.setOption(.socketOption(.so_keepalive), value: 1)
        advance()
        if hasInputEnded { tunnel.clientEnded() } else if isQuiescing { tunnel.close(.answered) }
    }

    /// One side of a tunnel has ended; the other one has a while.
    func expectEnd() { setDeadline(proxy.limits.stallTime) }

    /// Closes in the middle of something, so that it does not look whole.
    func abort() {
        mode = .draining
        flush()
        context?.close(promise: nil)
    }

    /// Tells the client that nothing follows.
    func closeOutput() {
        flush()
        context?.close(mode: .output, promise: nil)
    }

    /// Closes when all has been sent.
    func closeAfterWrites() {
        mode = .draining
        setDeadline(proxy.limits.stallTime)
        whenWritten { $0.close(promise: nil) }
    }

    /// Closes when all has been sent and the client has had time to read it: closing on unread bytes would take the
    /// answer from it.
    func linger() {
        mode = .draining
        setDeadline(proxy.limits.lingerTime)
        inbox = ByteBuffer()
        resumeReading()
        whenWritten { $0.close(mode: .output, promise: nil) }
    }

    private func whenWritten(_ act: @escaping (ChannelHandlerContext) -> Void) {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in act(context) }
        hasUnflushed = false
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let ended = mode
        mode = .draining
        loop.remove(self)
        switch ended {
        case .exchange(let exchange): exchange.clientClosed()
        case .tunnel(let tunnel): tunnel.clientClosed()
        default: break
        }
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch mode {
        case .exchange, .tunnel, .draining: context.close(promise: nil)
        default: context.fireErrorCaught(error)
        }
    }

    /// The handlers behind us know nothing of the gateway's requests and think the connection idle.
    func close(context: ChannelHandlerContext, mode closing: CloseMode, promise: EventLoopPromise<Void>?) {
        let isInUse =
            switch mode {
            case .exchange, .tunnel, .waiting, .draining: true
            case .head: isOurs && openAPIRequests == 0 && !endsAfter
            case .apiBody, .api: false
            }
        guard isInUse, !isQuiescing else { return context.close(mode: closing, promise: promise) }
        promise?.fail(ChannelError.operationUnsupported)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is ChannelShouldQuiesceEvent { return quiesce(context, event) }
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        hasInputEnded = true
        switch mode {
        case .exchange(let exchange):
            // What has come and waits for a decision may be all of it.
            if !exchange.isRequestComplete, inbox.readableBytes == 0 { exchange.clientLeft() }
        case .tunnel(let tunnel): tunnel.clientEnded()
        case .head where isOurs && openAPIRequests == 0, .draining: context.close(promise: nil)
        default:
            endsAfter = true
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The server stops: what is being answered is finished, tunnels are closed.
    private func quiesce(_ context: ChannelHandlerContext, _ event: Any) {
        isQuiescing = true
        switch mode {
        case .exchange: endsAfter = true
        case .tunnel(let tunnel): tunnel.close(.answered)
        default: context.fireUserInboundEventTriggered(event)
        }
    }
}
