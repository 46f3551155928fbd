import Kernel
import NIOCore
import Platform
import Wire

/// A client's connection, in front of the server's own HTTP handlers: sorts requests into the gateway's and the API's.
///
/// Answers keep the order of requests: a request of the gateway waits until the API has answered those before it, and
/// what comes after it waits until it is answered. Whatever cannot be read here, and is behind no door, goes on to the
/// API's own reader, and so does all that follows on that connection.
final class ClientConnection: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = ByteBuffer

    enum Mode {
        /// The next bytes are a request's head.
        case head
        /// The next bytes are the body of a request of the API.
        case apiBody(BodyReader)
        /// A request of the gateway waits for answers of the API.
        case waiting(RequestHead, ReverseProxy.Door)
        case exchange(Exchange)
        case tunnel(Tunnel)
        /// The rest of the connection is the API's.
        case api
        /// Nothing that comes is of use; the connection is about to close.
        case draining
    }

    let proxy: ReverseProxy
    let loop: ProxyLoop
    var context: ChannelHandlerContext?
    var mode = Mode.head
    /// Bytes that have come and belong to what has not begun.
    var inbox = ByteBuffer()
    var searched = 0
    /// Requests of the API that are not answered.
    var openAPIRequests = 0
    /// No request is read after the present one.
    var endsAfter = false
    /// The client sends nothing more.
    var hasInputEnded = false
    var isQuiescing = false
    /// The gateway has served here, so its own deadline is the one that counts.
    var isOurs = false
    var deadline = NIODeadline.distantFuture
    var waitingAtDeadline = Int.max
    private var isReading = false
    private var isAdvancing = false
    var isReadHeld = false
    private var hasPassed = false
    var hasUnflushed = false
    var kept: KeptDecision?
    private(set) lazy var peer = PeerAddress(context?.remoteAddress)

    init(_ proxy: ReverseProxy, loop: ProxyLoop) {
        self.proxy = proxy
        self.loop = loop
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.remove(self)
        self.context = nil
    }

    // MARK: - From the client

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .api = mode { return context.fireChannelRead(data) }
        isReading = true
        var buffer = unwrapInboundIn(data)
        switch mode {
        case .tunnel(let tunnel): tunnel.cameUp(buffer)
        case .draining: break
        default:
            if inbox.readableBytes == 0 { inbox = buffer } else { inbox.writeBuffer(&buffer) }
            advance()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if case .api = mode { hasPassed = true }
        readCompleted()
    }

    /// Goes through what has come as far as it can be acted on now.
    func advance() {
        guard !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        loop: while inbox.readableBytes > 0 {
            switch mode {
            case .head: if !readHead() { break loop }
            case .apiBody(let reader): passBody(reader)
            case .exchange(let exchange):
                guard exchange.wantsBody else { break loop }
                exchange.takeBody()
            case .tunnel(let tunnel):
                tunnel.cameUp(inbox)
                inbox = ByteBuffer()
            case .api: pass(inbox.readableBytes)
            case .draining: inbox = ByteBuffer()
            case .waiting: break loop
            }
        }
        if case .exchange(let exchange) = mode, hasInputEnded, inbox.readableBytes == 0, !exchange.isRequestComplete {
            exchange.clientLeft()
        }
        if case .head = mode, hasInputEnded, isOurs, openAPIRequests == 0 { closeAfterWrites() }
        if !isReading { readCompleted() }
        resumeReading()
    }

    /// All that has come at once has been looked at.
    private func readCompleted() {
        if hasPassed {
            hasPassed = false
            context?.fireChannelReadComplete()
        }
        flushUpstream()
    }

    /// Reads a head if it is whole, and begins what it asks for.
    private func readHead() -> Bool {
        skipEmptyLines()
        do {
            if inbox.withUnsafeReadableBytes({ proxy.isElsewhere($0) }) { return try readOutline() }
            let reading = try inbox.withUnsafeReadableBytes { bytes in
                try RequestHead.read(bytes, searched: searched, limits: proxy.limits.head)
            }
            switch reading {
            case .partial(let searched):
                expectHead()
                self.searched = searched
                return false
            case .whole(let head, let bytes):
                searched = 0
                begin(head, bytes: bytes)
                return true
            }
        } catch {
            refuseUnread(error as? HeadFault ?? .malformed("the head is broken"))
            return true
        }
    }

    /// Lets a request of the API pass if its head is whole; of such a one nothing is kept.
    private func readOutline() throws -> Bool {
        let reading = try inbox.withUnsafeReadableBytes { bytes in
            try RequestOutline.read(bytes, searched: searched, limits: proxy.limits.head)
        }
        switch reading {
        case .partial(let searched):
            expectHead()
            self.searched = searched
            return false
        case .whole(let outline, let bytes):
            searched = 0
            passToAPI(outline, bytes: bytes)
            return true
        }
    }

    /// Empty lines before a request mean nothing (RFC 9112, 2.2).
    private func skipEmptyLines() {
        while searched == 0, let pair = inbox.getInteger(at: inbox.readerIndex, as: UInt16.self), pair == 0x0d0a {
            inbox.moveReaderIndex(forwardBy: 2)
        }
    }

    /// A head that has begun must come whole in time.
    private func expectHead() {
        guard searched == 0, inbox.readableBytes > 0 else { return }
        becomeOurs()
        setDeadline(proxy.limits.headTime)
    }

    private func begin(_ head: RequestHead, bytes: Int) {
        guard let door = proxy.door(of: head) else {
            let outline = RequestOutline(
                framing: head.framing, keepsAlive: head.keepsAlive, asksUpgrade: head.asksUpgrade)
            return passToAPI(outline, bytes: bytes)
        }
        inbox.moveReaderIndex(forwardBy: bytes)
        guard openAPIRequests == 0 else { return mode = .waiting(head, door) }
        begin(head, door)
    }

    private func begin(_ head: RequestHead, _ door: ReverseProxy.Door) {
        becomeOurs()
        if !head.keepsAlive { endsAfter = true }
        let exchange = Exchange(head, door: door, client: self, loop: loop)
        mode = .exchange(exchange)
        exchange.start()
    }

    private func becomeOurs() {
        guard !isOurs else { return }
        isOurs = true
        loop.add(self)
        let water = ChannelOptions.Types.WriteBufferWaterMark(
            low: proxy.limits.waitingBytes / 4, high: proxy.limits.waitingBytes)
        try? context?.channel.syncOptions?.setOption(.writeBufferWaterMark, value: water)
        // The selector says again what is left, so a second read that finds nothing is a system call for nothing.
        try? context?.channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
    }

    /// Something came that is no request, or could be read as two different ones.
    private func refuseUnread(_ fault: HeadFault) {
        guard let door = proxy.door(ofUnread: inbox) else {
            mode = .api
            return
        }
        guard openAPIRequests == 0 else { return abort() }
        inbox = ByteBuffer()
        refuseHead(Fault(fault), door)
    }

    func refuseHead(_ fault: Fault, _ door: ReverseProxy.Door?) {
        let id = loop.identity()
        var buffer = allocator.buffer(capacity: 512)
        GatewayAnswer.fault(fault, retryAfterSeconds: nil, id: id)
            .write(into: &buffer, id: id, hasBody: true, closes: true)
        if let door {
            let report = ExchangeReport(
                outcome: .clientGone, status: fault.code.status, bytesUp: 0, bytesDown: 0, headNanoseconds: 0,
                nanoseconds: 0)
            proxy.counts.ended(report, door: door.index)
        }
        becomeOurs()
        write(buffer)
        linger()
    }

    // MARK: - The API's requests

    private func passToAPI(_ head: RequestOutline, bytes: Int) {
        openAPIRequests += 1
        // Who leaves HTTP, or the connection, does it with the API alone.
        guard head.keepsAlive, !head.asksUpgrade else {
            endsAfter = true
            mode = .api
            return
        }
        if isOurs { setDeadline(nil) }
        var reader = BodyReader(head.framing, trailerBytes: proxy.limits.head.bytes)
        guard !reader.isDone else {
            pass(bytes)
            return
        }
        do {
            let count = try inbox.withUnsafeReadableBytes { all in
                try reader.take(UnsafeRawBufferPointer(rebasing: all[bytes...]))
            }
            mode = reader.isDone ? .head : .apiBody(reader)
            pass(bytes + count)
        } catch {
            mode = .api
        }
    }

    private func passBody(_ reader: BodyReader) {
        var reader = reader
        do {
            let count = try inbox.withUnsafeReadableBytes { try reader.take($0) }
            mode = reader.isDone ? .head : .apiBody(reader)
            pass(count)
        } catch {
            mode = .api
        }
    }

    /// Gives the next bytes to the API's reader.
    private func pass(_ count: Int) {
        guard count > 0, let context else { return }
        hasPassed = true
        if let piece = takeInbox(count) { context.fireChannelRead(wrapInboundOut(piece)) }
    }

    /// The next bytes, which are gone from here then.
    func takeInbox(_ count: Int) -> ByteBuffer? {
        guard count == inbox.readableBytes else { return inbox.readSlice(length: count) }
        let all = inbox
        inbox = ByteBuffer()
        return all
    }

    /// The API has answered one of its requests.
    func apiAnswered() {
        openAPIRequests -= 1
        guard openAPIRequests == 0 else { return }
        if case .waiting(let head, let door) = mode {
            begin(head, door)
            advance()
        } else if isOurs, case .head = mode {
            setDeadline(proxy.limits.idleTime)
        }
    }

    // MARK: - Reading

    func read(context: ChannelHandlerContext) {
        if mayRead { context.read() } else { isReadHeld = true }
    }

    private var mayRead: Bool {
        switch mode {
        case .exchange(let exchange):
            exchange.isRequestComplete ? inbox.readableBytes < proxy.limits.pipelinedBytes : exchange.mayRead
        case .tunnel(let tunnel): tunnel.isUpstreamWritable
        case .waiting: inbox.readableBytes < proxy.limits.pipelinedBytes
        case .head, .apiBody, .api, .draining: true
        }
    }

    /// Goes on reading if it was held and nothing stands against it any more.
    func resumeReading() {
        guard isReadHeld, mayRead else { return }
        isReadHeld = false
        context?.read()
    }

    // MARK: - Writing

    var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }
    var isWritable: Bool { context?.channel.isWritable ?? false }

    func write(_ buffer: ByteBuffer) {
        hasUnflushed = true
        context?.write(wrapOutboundOut(buffer), promise: nil)
    }

    func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context?.flush()
    }

    /// Sends on what has come for the upstream.
    func flushUpstream() {
        switch mode {
        case .exchange(let exchange): exchange.upstream?.flush()
        case .tunnel(let tunnel): tunnel.flushUp()
        default: break
        }
    }

    /// Sends on when all that has come at once has been looked at.
    func flushUpstreamLater() { if !isReading { flushUpstream() } }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        switch mode {
        case .exchange(let exchange):
            // A client that takes nothing of its answer for long is let go.
            if context.channel.isWritable {
                if exchange.phase == .answering { setDeadline(nil) }
                exchange.upstream?.resumeReading()
            } else if exchange.phase == .answering {
                waitingAtDeadline = .max
                setDeadline(proxy.limits.stallTime)
            }
        case .tunnel(let tunnel): if context.channel.isWritable { tunnel.resumeUpstream() }
        default: break
        }
        context.fireChannelWritabilityChanged()
    }
}
