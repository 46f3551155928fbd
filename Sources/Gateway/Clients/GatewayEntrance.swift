import Logging
import NIOCore
import NIOHTTP1

/// Puts the gateway in front of a connection's HTTP handlers, and leaves.
final class GatewayEntrance: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny

    private let proxy: ReverseProxy

    init(_ proxy: ReverseProxy) { self.proxy = proxy }

    func handlerAdded(context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            // In front of the encoder, not of everything: TLS stands between the socket and us.
            let encoder = try pipeline.context(handlerType: HTTPResponseEncoder.self).handler
            let client = ClientConnection(proxy, loop: proxy.loop(context.eventLoop))
            try pipeline.addHandler(client, position: .before(encoder))
            try pipeline.addHandler(AnswerWatcher(client), position: .after(encoder))
        } catch {
            proxy.logger.error("The gateway found no HTTP handlers to stand before.", metadata: ["error": "\(error)"])
        }
        pipeline.removeHandler(context: context, promise: nil)
    }
}

/// Tells the gateway when the API has answered, so that answers stay in the order of their requests.
final class AnswerWatcher: ChannelOutboundHandler {
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let client: ClientConnection

    init(_ client: ClientConnection) { self.client = client }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let isEnd = if case .end = unwrapOutboundIn(data) { true } else { false }
        context.write(data, promise: promise)
        if isEnd { client.apiAnswered() }
    }
}
