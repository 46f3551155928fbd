import Kernel
import Logging
import NIOCore
import Platform
import Wire

/// What comes back from the upstream.
extension Exchange {
    /// Takes what has come of the answer.
    func readAnswer(from connection: UpstreamConnection) {
        while connection.inbox.readableBytes > 0 {
            switch phase {
            case .asking: if !readHead(from: connection) { return }
            case .answering: passBody(from: connection)
            case .deciding, .collecting, .connecting, .ended: return
            }
        }
    }

    /// Reads a head if it is whole, and begins the answer with it.
    private func readHead(from connection: UpstreamConnection) -> Bool {
        let isBodiless = head.isMethod("HEAD")
        do {
            let reading = try connection.inbox.withUnsafeReadableBytes { bytes in
                try ResponseHead.read(
                    bytes, searched: connection.searched, isBodiless: isBodiless, limits: loop.limits.head)
            }
            switch reading {
            case .partial(let searched):
                connection.searched = searched
                return false
            case .whole(let answer, let bytes):
                connection.searched = 0
                connection.inbox.moveReaderIndex(forwardBy: bytes)
                begin(answer, from: connection)
                return true
            }
        } catch {
            note("An upstream's answer is no HTTP.", error: "\(error)")
            connection.inbox.clear()
            breakOff(.upstreamFailed, Fault(.upstreamUnavailable, "What answered does not speak HTTP/1.1 rightly."))
            return false
        }
    }

    private func begin(_ answer: ResponseHead, from connection: UpstreamConnection) {
        if answer.status == 101, head.asksUpgrade { return openTunnel(answer, connection) }
        if answer.status < 200 { return passInterim(answer) }
        phase = .answering
        client.setDeadline(nil)
        releaseHeldBody()
        headTime = .now()
        status = answer.status
        keepsUpstream = answer.keepsAlive
        self.answer = BodyReader(answer.framing, trailerBytes: loop.limits.head.bytes)
        switch (answer.framing, head.isVersion11) {
        case (.untilClose, true): framing = .madeChunked
        case (.untilClose, false): framing = .madePlain
        case (.chunked, false):
            framing = .madePlain
            chunks = ChunkReader(trailerBytes: loop.limits.head.bytes)
        default: framing = .asItCame
        }
        // An answer that comes before the whole request leaves unclear what the client's next bytes are.
        if !isRequestComplete { client.endsAfter = true }
        if case .madePlain = framing { client.endsAfter = true }
        let closes = client.endsAfter
        var buffer = client.allocator.buffer(capacity: answer.fields.bytes.count + 128 + smallBody(connection))
        ClientHead(
            head: answer, framing: framing, connection: closes ? .close : head.isVersion11 ? nil : .keepAlive, id: id
        ).write(into: &buffer)
        if framing == .asItCame, smallBody(connection) > 0 { joinBody(to: &buffer, from: connection) }
        client.write(buffer)
        if self.answer?.isDone == true { finish(connection) }
    }

    /// Bytes of the body that came with the head and are few enough to be copied behind it.
    private func smallBody(_ connection: UpstreamConnection) -> Int {
        connection.inbox.readableBytes <= 16 << 10 ? connection.inbox.readableBytes : 0
    }

    /// Puts what came of the body behind the head, which saves a buffer and a part of a write.
    private func joinBody(to buffer: inout ByteBuffer, from connection: UpstreamConnection) {
        guard let count = taken(from: connection), var piece = connection.inbox.readSlice(length: count) else { return }
        keepTail(of: piece)
        count > 0 ? _ = buffer.writeBuffer(&piece) : ()
        countDown(count)
    }

    /// How many of the bytes that came are of the body; nil if they are nonsense.
    private func taken(from connection: UpstreamConnection) -> Int? {
        do {
            return try connection.inbox.withUnsafeReadableBytes { try answer?.take($0) } ?? 0
        } catch {
            note("An upstream's body is not chunked rightly.", error: "\(error)")
            return nil
        }
    }

    /// Keeps the end of what has come of the body, where somebody wants it.
    private func keepTail(of piece: ByteBuffer) {
        guard let most = forward?.tailBytes, most > 0 else { return }
        tail.append(contentsOf: piece.readableBytesView.suffix(most))
        if tail.count > 2 * most { tail.removeFirst(tail.count - most) }
    }

    private func countDown(_ count: Int) {
        bytesDown += Int64(count)
        forward?.activity?.countDown(count)
    }

    /// 100, 102 and 103 go before the answer; who speaks HTTP/1.0 does not know them.
    private func passInterim(_ answer: ResponseHead) {
        guard answer.status != 101 else {
            return breakOff(
                .upstreamFailed, Fault(.upstreamUnavailable, "What answered left HTTP without being asked."))
        }
        guard head.isVersion11 else { return }
        var buffer = client.allocator.buffer(capacity: answer.fields.bytes.count + 64)
        ClientHead(head: answer, framing: .asItCame, connection: nil, id: id).write(into: &buffer)
        client.write(buffer)
        client.flush()
    }

    private func passBody(from connection: UpstreamConnection) {
        let before = connection.inbox
        guard let count = taken(from: connection) else { return cut(.upstreamFailed) }
        guard let piece = connection.inbox.readSlice(length: count) else { return }
        countDown(count)
        keepTail(of: piece)
        switch framing {
        case .asItCame: if count > 0 { client.write(piece) }
        case .madeChunked: client.writeChunk(piece)
        case .madePlain: passPlain(piece)
        }
        if answer?.isDone == true {
            finish(connection)
        } else if count == 0, before.readableBytes > 0 {
            cut(.upstreamFailed)
        }
    }

    /// Passes the content of chunks to a client that does not know them.
    private func passPlain(_ piece: ByteBuffer) {
        guard var reader = chunks else { return client.write(piece) }
        var ranges: [Range<Int>] = []
        _ = try? piece.withUnsafeReadableBytes { try reader.read($0) { ranges.append($0) } }
        chunks = reader
        for range in ranges {
            if let data = piece.getSlice(at: piece.readerIndex + range.lowerBound, length: range.count) {
                client.write(data)
            }
        }
    }

    /// The answer is complete.
    private func finish(_ connection: UpstreamConnection) {
        if case .madeChunked = framing { client.writeLastChunk() }
        let isClean = keepsUpstream && isRequestComplete && connection.inbox.readableBytes == 0 && connection.isOpen
        let isWholeRequest = isRequestComplete
        letGo(connection, isReusable: isClean)
        end(.answered)
        client.exchangeEnded(isWholeRequest: isWholeRequest)
    }

    // MARK: - The upstream ends

    /// The upstream sends nothing more: in order where `isClean`, else because it died.
    func upstreamEnded(_ connection: UpstreamConnection, isClean: Bool) {
        guard connection === upstream else { return }
        switch phase {
        case .asking where mayRetry(connection):
            hasRetried = true
            letGo(connection, isReusable: false)
            upstream = nil
            connect()
        case .asking:
            note("An upstream closed without an answer.", error: isClean ? "closed" : "reset")
            breakOff(.upstreamFailed, Fault(.upstreamUnavailable, "What should answer closed the connection instead."))
        case .answering where answer?.endsWithConnection == true && isClean: finish(connection)
        case .answering:
            note("An upstream ended halfway through its answer.", error: isClean ? "closed" : "reset")
            cut(.upstreamFailed)
        case .deciding, .collecting, .connecting, .ended: break
        }
    }

    /// A kept connection may have been closed by its upstream while the request was on its way; a request that does
    /// no harm twice is sent again, once.
    private func mayRetry(_ connection: UpstreamConnection) -> Bool {
        connection.isReused && !hasRetried && !hasSentBody && head.isIdempotent
            && connection.inbox.readableBytes == 0
    }
}
