import Kernel
import Logging
import NIOCore
import Platform
import Wire

/// One request of the gateway and its answer.
///
/// It is decided, connected, asked, answered; each step is taken from outside (a decision, a connection, bytes) and
/// may be the last one. Everything runs on the thread of the client's connection.
final class Exchange {
    enum Phase { case deciding, collecting, connecting, asking, answering, ended }

    let head: RequestHead
    let door: ReverseProxy.Door
    let client: ClientConnection
    let loop: ProxyLoop
    let id: RequestID
    let began = NIODeadline.now()

    var phase = Phase.deciding
    var credential: RouteCredential?
    var forward: Forward?
    /// Finds the end of the request's body.
    var request: BodyReader
    var upstream: UpstreamConnection?
    /// Which of the forward's upstreams is tried.
    var candidate = 0
    /// A body that is needed before it is decided.
    var held: HeldBody?
    var hasSentBody = false
    var hasRetried = false
    var isCounted = false
    // Of the answer.
    var status = 0
    var answer: BodyReader?
    var framing = ClientHead.Framing.asItCame
    var chunks: ChunkReader?
    var keepsUpstream = false
    var headTime: NIODeadline?
    var bytesUp: Int64 = 0
    var bytesDown: Int64 = 0
    /// The end of the answer's body, for the watcher.
    var tail: [UInt8] = []

    init(_ head: RequestHead, door: ReverseProxy.Door, client: ClientConnection, loop: ProxyLoop) {
        self.head = head
        self.door = door
        self.client = client
        self.loop = loop
        id = loop.identity()
        request = BodyReader(head.framing, trailerBytes: loop.limits.head.bytes)
    }

    var isRequestComplete: Bool { request.isDone }

    // MARK: - Deciding

    /// Asks where the request goes.
    func start() {
        if head.isMethod("CONNECT") || head.isMethod("TRACE") {
            return refuse(Fault(.malformedRequest, "The gateway does not take \(head.method)."))
        }
        if let kept = client.keptDecision(for: head, door: door) {
            credential = kept.credential
            return pass(kept.forward)
        }
        let asked = RouteRequest(head: head, peer: client.peer.text, door: door.route)
        credential = asked.credential
        let resolver = door.route.resolver
        if let decision = resolver.known(asked) { return take(decision, asked) }
        client.setDeadline(loop.limits.decisionTime)
        wait(for: asked) { await resolver.decide(asked) }
    }

    /// Goes on with a decision when it is there.
    func wait(for asked: RouteRequest, _ decide: @escaping @Sendable () async -> RouteDecision) {
        loop.eventLoop.makeFutureWithTask(decide).assumeIsolated().whenSuccess { [self] decision in
            guard phase == .deciding else {
                // Whoever asked has gone; what was counted for it is given back.
                if case .forward(let forward) = decision {
                    forward.watcher?.ended(
                        ExchangeReport(
                            outcome: .clientGone, status: 0, bytesUp: 0, bytesDown: 0, headNanoseconds: 0,
                            nanoseconds: 0))
                }
                return
            }
            take(decision, asked)
            client.advance()
        }
    }

    private func take(_ decision: RouteDecision, _ asked: RouteRequest) {
        switch decision {
        case .forward(let forward):
            if let cookie = forward.cookie, case .query = credential, asked.isNavigation {
                return redirect(to: head.path + String(decoding: UpstreamHead.query(of: head), as: UTF8.self), cookie)
            }
            // What was decided by a body holds for that body.
            if held == nil { client.keep(forward, credential, for: head, door: door) }
            pass(forward)
        case .refuse(let fault, let seconds): refuse(fault, retryAfterSeconds: seconds)
        case .redirect(let address, let cookie): redirect(to: address, cookie)
        case .needsBody(let limit): collect(atMost: limit)
        }
    }

    private func pass(_ forward: Forward) {
        self.forward = forward
        if let fault = faultOfSite() ?? faultOfSize(forward) { return refuse(fault) }
        isCounted = true
        forward.activity?.exchangesChange(by: 1)
        if door.route.resolver.isActivity(head) { forward.activity?.touch() }
        connect()
    }

    /// A browser adds its cookies whoever's page makes it ask; what changes something must come from our own.
    private func faultOfSite() -> Fault? {
        switch credential {
        case .query, .header: return nil
        case .cookie, nil: break
        }
        guard !head.isSafe || head.asksUpgrade else { return nil }
        let asked = RouteRequest(head: head, peer: client.peer.text, door: door.route)
        return asked.isFromAnotherSite
            ? Fault(.forbidden, "Another site's page may not do this; open it here, or show the token itself.") : nil
    }

    private func faultOfSize(_ forward: Forward) -> Fault? {
        let length = if case .length(let length) = head.framing { length } else { bytesUp }
        guard length > forward.bodyBytes else { return nil }
        return Fault(.bodyTooLarge, "The body is larger than \(forward.bodyBytes) bytes.")
    }

    // MARK: - Connecting

    func connect() {
        guard let forward else { return }
        let pool = loop.pool(candidate == 0 ? forward.upstream : forward.others[candidate - 1])
        let isRepeatable = head.isIdempotent && head.framing == .none
        if !hasRetried, let connection = pool.lease(isRepeatable: isRepeatable) { return ask(connection) }
        guard !pool.isFull else {
            return refuse(
                Fault(.unavailable, "Too many connections are open to what should answer."), retryAfterSeconds: 1)
        }
        phase = .connecting
        client.setDeadline(loop.limits.connectTime + loop.limits.tick)
        pool.connect().whenComplete { [self] result in
            switch result {
            case .success(let connection):
                guard phase == .connecting else { return pool.release(connection) }
                ask(connection)
                client.advance()
            case .failure(let error):
                guard phase == .connecting else { return }
                connectOther(after: error)
            }
        }
    }

    private func connectOther(after error: any Error) {
        if let forward, candidate < forward.others.count {
            candidate += 1
            return connect()
        }
        note("An upstream could not be reached.", error: "\(error)")
        if error is ChannelError, case .connectTimeout = error as? ChannelError {
            refuse(Fault(.upstreamTimeout, "What should answer could not be reached in time."))
        } else {
            refuse(Fault(.upstreamUnavailable, "What should answer cannot be reached; it may be starting or stopped."))
        }
    }

    // MARK: - Asking

    /// Sends the head; the body follows as it comes.
    private func ask(_ connection: UpstreamConnection) {
        guard let forward else { return }
        upstream = connection
        connection.use = .exchange(self)
        phase = .asking
        var buffer = client.allocator.buffer(capacity: head.fields.bytes.count + 512)
        UpstreamHead(
            head: head, forward: forward, door: door, peer: client.peer, id: id,
            hidesAuthorization: hidesAuthorization
        ).write(into: &buffer)
        connection.write(buffer)
        sendHeldBody(to: connection)
        client.setDeadline(isRequestComplete ? .seconds(forward.answerSeconds) : loop.limits.stallTime)
        client.flushUpstreamLater()
    }

    private var hidesAuthorization: Bool { if case .header = credential { true } else { false } }

    /// Whether bytes of the client's belong to this request and can be taken now.
    var wantsBody: Bool { !isRequestComplete && [.collecting, .asking, .answering].contains(phase) }

    /// Whether the client may send on.
    var mayRead: Bool {
        switch phase {
        case .deciding, .connecting: return false
        case .asking, .answering: return isRequestComplete || upstream?.isWritable ?? true
        case .collecting, .ended: return true
        }
    }

    /// Passes on what of the client's bytes is of the body.
    func takeBody() {
        let count: Int
        do {
            count = try client.inbox.withUnsafeReadableBytes { try request.take($0) }
        } catch {
            return breakOff(.clientGone, Fault(error as? HeadFault ?? .malformed("the body is not chunked rightly")))
        }
        guard count > 0, let piece = client.takeInbox(count) else { return }
        bytesUp += Int64(count)
        if phase == .collecting { return hold(piece) }
        hasSentBody = true
        forward?.activity?.countUp(count)
        if let forward, bytesUp > forward.bodyBytes {
            return breakOff(.clientGone, Fault(.bodyTooLarge, "The body is larger than \(forward.bodyBytes) bytes."))
        }
        upstream?.write(piece)
        if phase == .asking {
            client.setDeadline(isRequestComplete ? .seconds(forward?.answerSeconds ?? 0) : loop.limits.stallTime)
        }
    }
}
