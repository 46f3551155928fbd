import Glibc
import NIOCore
import NIOPosix

/// One end of a connection, byte by byte, as a client or as an upstream; every wait ends after 20 seconds.
final class RawConnection: Sendable {
    let channel: any Channel
    private let inbox: NIOLoopBound<Inbox>

    init(_ channel: any Channel, _ inbox: NIOLoopBound<Inbox>) {
        self.channel = channel
        self.inbox = inbox
    }

    /// Connects to a port of this machine.
    static func connect(port: Int) async throws -> RawConnection {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port).flatMap { channel in made(channel) }.get()
    }

    /// Puts an inbox on a channel.
    static func made(_ channel: any Channel) -> EventLoopFuture<RawConnection> {
        channel.eventLoop.submit {
            let inbox = Inbox()
            try channel.pipeline.syncOperations.addHandler(inbox)
            return RawConnection(channel, NIOLoopBound(inbox, eventLoop: channel.eventLoop))
        }
    }

    // MARK: - Sending

    func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }
    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }
    func closeOutput() async throws { try await channel.close(mode: .output) }
    func close() async { try? await channel.close() }

    /// Closes with a reset, as a process that is killed with unread bytes does.
    func reset() async throws {
        if let socket = channel as? any SocketOptionProvider {
            try await socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        }
        try? await channel.close()
    }

    func setReading(_ isReading: Bool) async throws { try await channel.setOption(.autoRead, value: isReading).get() }

    // MARK: - Reading

    struct Waited: Error, CustomStringConvertible {
        let description: String
    }

    /// Takes a prefix of what has come, once a closure finds one; the closure also sees whether nothing more comes.
    func take(
        _ what: String = "bytes", _ find: @escaping @Sendable (ByteBuffer, _ hasEnded: Bool) -> Int?
    ) async throws -> ByteBuffer {
        try await channel.eventLoop.flatSubmit { [inbox, channel] in
            inbox.value.take(what, on: channel.eventLoop, find)
        }.get()
    }

    /// Takes everything up to and with a text.
    func take(through text: String) async throws -> String {
        let wanted = Array(text.utf8)
        return String(
            buffer: try await take(text) { bytes, _ in
                bytes.withUnsafeReadableBytes { all in Self.end(of: wanted, in: all) }
            })
    }

    /// Where a text ends in bytes.
    private static func end(of wanted: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress else { return nil }
        var start = 0
        while start + wanted.count <= bytes.count,
            let found = memchr(base + start, Int32(wanted[0]), bytes.count - start - wanted.count + 1)
        {
            if memcmp(found, wanted, wanted.count) == 0 { return UnsafeRawPointer(found) - base + wanted.count }
            start = UnsafeRawPointer(found) - base + 1
        }
        return nil
    }

    func take(count: Int) async throws -> ByteBuffer {
        try await take("\(count) bytes") { bytes, _ in bytes.readableBytes >= count ? count : nil }
    }

    /// Takes what is left when the other end has closed.
    func takeRest() async throws -> ByteBuffer {
        try await take("the end") { bytes, hasEnded in hasEnded ? bytes.readableBytes : nil }
    }

    /// Throws bytes away as they come, and counts them, until so many have come.
    func discard(count: Int) async throws {
        var left = count
        while left > 0 {
            let most = left
            let came = try await take("\(most) more bytes") { bytes, hasEnded in
                bytes.readableBytes > 0 || hasEnded ? min(bytes.readableBytes, most) : nil
            }.readableBytes
            guard came > 0 else { throw Waited(description: "the connection has ended, \(most) bytes early") }
            left -= came
        }
    }
}

/// Keeps what has come, and whoever waits for it.
final class Inbox: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private struct Waiter {
        let find: (ByteBuffer, Bool) -> Int?
        let promise: EventLoopPromise<ByteBuffer>
    }

    private var bytes = ByteBuffer()
    private var hasEnded = false
    private var waiters: [Waiter] = []

    func take(
        _ what: String, on loop: any EventLoop, _ find: @escaping @Sendable (ByteBuffer, Bool) -> Int?
    ) -> EventLoopFuture<ByteBuffer> {
        let promise = loop.makePromise(of: ByteBuffer.self)
        waiters.append(Waiter(find: find, promise: promise))
        let this = NIOLoopBound(self, eventLoop: loop)
        let timeout = loop.scheduleTask(in: .seconds(20)) {
            let came = String(decoding: this.value.bytes.readableBytesView.suffix(600), as: UTF8.self)
            promise.fail(RawConnection.Waited(description: "waited for \(what); there was: \(came)"))
        }
        promise.futureResult.whenComplete { _ in timeout.cancel() }
        look()
        return promise.futureResult
    }

    private func look() {
        while let waiter = waiters.first, let count = waiter.find(bytes, hasEnded) {
            waiters.removeFirst()
            waiter.promise.succeed(bytes.readSlice(length: count) ?? ByteBuffer())
        }
        if hasEnded {
            for waiter in waiters { waiter.promise.fail(RawConnection.Waited(description: "the connection has ended")) }
            waiters = []
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var buffer = unwrapInboundIn(data)
        if bytes.readableBytes == 0 { bytes = buffer } else { bytes.writeBuffer(&buffer) }
        look()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { end() }
    }

    func channelInactive(context: ChannelHandlerContext) { end() }
    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func end() {
        hasEnded = true
        look()
    }
}
