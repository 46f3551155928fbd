import NIOCore
import Testing

@testable import Gateway

/// Pings and pongs of a WebSocket are told from messages.
@Suite struct HeartbeatTests {
    @Test(
        arguments: [
            ([0x89, 0x00], true),
            ([0x8a, 0x80, 1, 2, 3, 4], true),
            ([0x89, 0x02, 7, 7, 0x8a, 0x80, 1, 2, 3, 4], true),
            ([0x81, 0x00], false),
            ([0x89, 0x02, 7], false),
            ([0x89, 0x00, 0x81, 0x01, 65], false),
            ([0x88, 0x00], false),
            ([0x89], false),
        ] as [([UInt8], Bool)])
    func onlyWholePingsAndPongsAreHeartbeats(bytes: [UInt8], isHeartbeat: Bool) {
        #expect(Heartbeat.isAll(of: ByteBuffer(bytes: bytes)) == isHeartbeat)
    }
}
