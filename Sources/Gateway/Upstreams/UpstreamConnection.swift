import Kernel
import NIOCore

/// A connection to an upstream: passes what comes to whom it serves, an exchange or a tunnel.
final class UpstreamConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Use {
        case idle
        case exchange(Exchange)
        case tunnel(Tunnel)
    }

    var use = Use.idle
    var pool: UpstreamPool?
    var idleSince = NIODeadline.now()
    /// Whether it has answered a request before.
    var isReused = false
    /// Bytes of an answer that have not been passed on.
    var inbox = ByteBuffer()
    /// Where the search for the end of the answer's head goes on.
    var searched = 0
    private(set) var hasEnded = false
    private var context: ChannelHandlerContext?
    private var isReadHeld = false
    private var hasUnflushed = false

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        pool = nil
    }

    var isWritable: Bool { context?.channel.isWritable ?? false }
    var isOpen: Bool { !hasEnded && context != nil }

    // MARK: - Towards the upstream

    func write(_ buffer: ByteBuffer) {
        hasUnflushed = true
        context?.write(wrapOutboundOut(buffer), promise: nil)
    }

    func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context?.flush()
    }

    func close() { context?.close(promise: nil) }

    /// Tells the upstream that nothing follows, once everything before has been sent.
    func closeOutput() {
        flush()
        context?.close(mode: .output, promise: nil)
    }

    /// Closes when everything has been sent, or nothing of it has been taken for too long.
    func closeAfterWrites() {
        guard let context else { return }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let patience = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(Limits.stallSeconds)) {
            context.close(promise: nil)
        }
        promise.futureResult.assumeIsolated().whenComplete { _ in
            patience.cancel()
            context.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: promise)
    }

    /// Goes on reading if that was held because the client could not follow.
    func resumeReading() {
        guard isReadHeld else { return }
        isReadHeld = false
        context?.read()
    }

    // MARK: - From the upstream

    func read(context: ChannelHandlerContext) {
        let mayRead =
            switch use {
            case .idle: true
            case .exchange(let exchange): exchange.client.isWritable
            case .tunnel(let tunnel): tunnel.client.isWritable
            }
        if mayRead { context.read() } else { isReadHeld = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        switch use {
        case .tunnel(let tunnel): tunnel.cameDown(buffer)
        case .exchange(let exchange):
            if inbox.readableBytes == 0 { inbox = buffer } else { inbox.writeBuffer(&buffer) }
            exchange.readAnswer(from: self)
        case .idle:
            // Nobody asked, so whatever it is would be taken for the answer to the next request.
            end()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        switch use {
        case .exchange(let exchange): exchange.client.flush()
        case .tunnel(let tunnel): tunnel.client.flush()
        case .idle: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case ChannelEvent.inputClosed? = event as? ChannelEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        switch use {
        case .idle: end()
        case .exchange(let exchange):
            hasEnded = true
            exchange.upstreamEnded(self, isClean: true)
        case .tunnel(let tunnel): tunnel.upstreamEnded()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        guard context.channel.isWritable else { return }
        switch use {
        case .idle: break
        case .exchange(let exchange): exchange.client.resumeReading()
        case .tunnel(let tunnel): tunnel.client.resumeReading()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        let wasOpen = !hasEnded
        hasEnded = true
        switch use {
        case .idle: pool?.drop(self)
        case .exchange(let exchange): if wasOpen { exchange.upstreamEnded(self, isClean: false) }
        case .tunnel(let tunnel): tunnel.upstreamClosed()
        }
        use = .idle
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Closes a connection that serves nobody.
    private func end() {
        hasEnded = true
        pool?.drop(self)
        close()
    }
}
