import Kernel
import Logging
import NIOCore
import Platform
import Wire

/// How an exchange ends.
extension Exchange {
    /// Answers in the upstream's place: nothing of an answer has been sent.
    func refuse(_ fault: Fault, retryAfterSeconds: Int64? = nil) {
        let outcome: ExchangeReport.Outcome =
            switch fault.code {
            case .upstreamTimeout: .upstreamTimedOut
            case .upstreamUnavailable: .upstreamFailed
            default: .refused
            }
        respond(GatewayAnswer.fault(fault, retryAfterSeconds: retryAfterSeconds, id: id), outcome)
    }

    func redirect(to address: String, _ cookie: RouteCookie?) {
        let isSecure = client.peer.isSecure(head)
        respond(
            GatewayAnswer.redirect(to: address, cookie: cookie, name: door.route.cookie, isSecure: isSecure), .answered)
    }

    private func respond(_ answer: GatewayAnswer, _ outcome: ExchangeReport.Outcome) {
        let isWholeRequest = isRequestComplete
        if !isWholeRequest { client.endsAfter = true }
        var buffer = client.allocator.buffer(capacity: 512 + answer.body.count)
        answer.write(into: &buffer, id: id, hasBody: !head.isMethod("HEAD"), closes: client.endsAfter)
        status = answer.status
        headTime = .now()
        client.write(buffer)
        client.flush()
        end(outcome)
        client.exchangeEnded(isWholeRequest: isWholeRequest)
    }

    /// Gives up: with an answer where none has begun, else by closing the connection, so that it never looks whole.
    func breakOff(_ outcome: ExchangeReport.Outcome, _ fault: Fault) {
        guard phase != .ended else { return }
        if let upstream { letGo(upstream, isReusable: false) }
        guard status == 0 else { return cut(outcome) }
        refuse(fault)
    }

    /// Closes the client's connection in the middle of an answer.
    func cut(_ outcome: ExchangeReport.Outcome) {
        guard phase != .ended else { return }
        if let upstream { letGo(upstream, isReusable: false) }
        end(outcome)
        client.abort()
    }

    /// The client has gone.
    func clientClosed() {
        guard phase != .ended else { return }
        if let upstream { letGo(upstream, isReusable: false) }
        end(.clientGone)
    }

    /// The client sends nothing more although its request is not complete.
    func clientLeft() {
        breakOff(.clientGone, Fault(.malformedRequest, "The request's body ends before its end."))
    }

    /// It has taken too long.
    func deadlinePassed() {
        switch phase {
        case .deciding:
            refuse(Fault(.unavailable, "It could not be decided in time where the request goes."), retryAfterSeconds: 1)
        case .collecting: breakOff(.clientGone, Fault(.requestTimeout, "The request's body did not come in time."))
        case .connecting:
            breakOff(.upstreamTimedOut, Fault(.upstreamTimeout, "What should answer could not be reached."))
        case .asking where !isRequestComplete && upstream?.isWritable == true:
            breakOff(.clientGone, Fault(.requestTimeout, "The request's body did not come in time."))
        case .asking:
            note("An upstream took too long.", error: "timeout")
            breakOff(.upstreamTimedOut, Fault(.upstreamTimeout, FaultCode.upstreamTimeout.sentence))
        case .answering: cut(.clientGone)
        case .ended: break
        }
    }

    /// Parts with the upstream's connection.
    func letGo(_ connection: UpstreamConnection, isReusable: Bool) {
        connection.use = .idle
        upstream = nil
        if isReusable, let pool = connection.pool {
            connection.isReused = true
            pool.release(connection)
            connection.resumeReading()
        } else {
            connection.inbox.clear()
            connection.close()
        }
    }

    /// Counts and reports, once.
    func end(_ outcome: ExchangeReport.Outcome) {
        guard phase != .ended else { return }
        phase = .ended
        releaseHeldBody()
        if isCounted { forward?.activity?.exchangesChange(by: -1) }
        report(outcome, status: status, up: bytesUp, down: bytesDown)
    }

    func report(_ outcome: ExchangeReport.Outcome, status: Int, up: Int64, down: Int64) {
        let now = NIODeadline.now()
        let report = ExchangeReport(
            outcome: outcome, status: status, bytesUp: up, bytesDown: down,
            headNanoseconds: ((headTime ?? now) - began).nanoseconds, nanoseconds: (now - began).nanoseconds,
            tail: tail)
        client.proxy.counts.ended(report, door: door.index)
        forward?.watcher?.ended(report)
        guard client.proxy.logger.logLevel <= .debug else { return }
        client.proxy.logger.debug(
            "A request passed the gateway.",
            metadata: [
                "request.id": "\(id.text)", "http.method": "\(head.method)", "http.path": "\(head.path)",
                "http.status": "\(status)", "gateway.outcome": "\(outcome)", "gateway.bytes.up": "\(up)",
                "gateway.bytes.down": "\(down)",
                "http.milliseconds": "\(Double(report.nanoseconds) / 1_000_000)",
            ])
    }

    /// Tells the operator what went wrong with an upstream.
    func note(_ message: Logger.Message, error: String) {
        client.proxy.logger.warning(
            message, metadata: ["request.id": "\(id.text)", "http.path": "\(head.path)", "error": "\(error)"])
    }

    // MARK: - Tunnels

    /// The upstream agrees to leave HTTP: from here on bytes are bytes.
    func openTunnel(_ answer: ResponseHead, _ connection: UpstreamConnection) {
        var buffer = client.allocator.buffer(capacity: answer.fields.bytes.count + 128)
        ClientHead(head: answer, framing: .asItCame, connection: .upgrade, id: id).write(into: &buffer)
        client.write(buffer)
        status = 101
        headTime = .now()
        phase = .ended
        releaseHeldBody()
        forward?.activity?.exchangesChange(by: -1)
        let counts = client.proxy.counts
        counts.tunnelsChange(by: 1, door: door.index)
        let tunnel = Tunnel(client: client, upstream: connection, activity: forward?.activity) {
            [self] outcome, up, down in
            counts.tunnelsChange(by: -1, door: door.index)
            report(outcome, status: 101, up: up, down: down)
        }
        connection.use = .tunnel(tunnel)
        upstream = nil
        if connection.inbox.readableBytes > 0 { tunnel.cameDown(connection.inbox) }
        connection.inbox = ByteBuffer()
        client.becomeTunnel(tunnel)
    }
}
