import Kernel
import NIOCore
import Platform
import Wire

/// Requests whose body must be known as a whole before it can be decided where they go, as a signature wants it.
extension Exchange {
    /// Reads the body and asks again; nothing is passed on before.
    func collect(atMost limit: Int) {
        if case .length(let length) = head.framing, length > Int64(limit) { return refuse(Self.tooLarge(limit)) }
        guard !isRequestComplete, held == nil else {
            return refuse(Fault(.internalFault, FaultCode.internalFault.sentence))
        }
        phase = .collecting
        held = HeldBody(limit: limit)
        if head.fields.first(.expect)?.lowercased() == "100-continue" {
            client.write(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n"))
            client.flush()
        }
        // For all of it, however it comes: who sends a byte now and then holds memory, too.
        client.setDeadline(loop.limits.heldBodyTime)
    }

    /// Keeps a piece of the body until all of it is there.
    func hold(_ piece: ByteBuffer) {
        guard let limit = held?.limit, bytesUp <= Int64(limit) else { return refuse(Self.tooLarge(held?.limit ?? 0)) }
        guard client.proxy.heldBytes.take(piece.readableBytes) else {
            return refuse(
                Fault(.unavailable, "Too many signed bodies are being read at once; try again, or show a token."),
                retryAfterSeconds: 1)
        }
        held?.append(piece)
        if isRequestComplete { decideWithBody() }
    }

    private func decideWithBody() {
        guard let body = held else { return }
        phase = .deciding
        client.setDeadline(loop.limits.decisionTime)
        let asked = RouteRequest(head: head, peer: client.peer.text, door: door.route)
        let (resolver, framing) = (door.route.resolver, head.framing)
        wait(for: asked) { await resolver.decide(asked, body: body.content(framing)) }
    }

    /// What was held goes to the upstream.
    func sendHeldBody(to connection: UpstreamConnection) {
        guard let body = held?.bytes, body.readableBytes > 0 else { return }
        hasSentBody = true
        forward?.activity?.countUp(body.readableBytes)
        connection.write(body)
    }

    /// Gives back what was held, once.
    func releaseHeldBody() {
        guard let body = held else { return }
        held = nil
        client.proxy.heldBytes.give(back: body.bytes.readableBytes)
    }

    private static func tooLarge(_ limit: Int) -> Fault {
        Fault(
            .bodyTooLarge,
            "The signature covers the body, which is larger than \(limit) bytes; say X-Sdk-Content-Sha256: "
                + "UNSIGNED-PAYLOAD and sign that, or show an X-Auth-Token.")
    }
}

/// A body that waits for a decision, as it came.
struct HeldBody: Sendable {
    let limit: Int
    private(set) var bytes = ByteBuffer()

    init(limit: Int) { self.limit = limit }

    mutating func append(_ piece: ByteBuffer) {
        var piece = piece
        bytes.writeBuffer(&piece)
    }

    /// What the body says, without the marks of chunks.
    func content(_ framing: BodyFraming) -> [UInt8] {
        guard case .chunked = framing else { return Array(bytes.readableBytesView) }
        var content: [UInt8] = []
        var reader = ChunkReader(trailerBytes: bytes.readableBytes)
        // It was read without a fault when it came.
        _ = try? bytes.withUnsafeReadableBytes { all in
            try reader.read(all) { content.append(contentsOf: all[$0]) }
        }
        return content
    }
}
