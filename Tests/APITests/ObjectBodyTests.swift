import Hummingbird
import Kernel
import NIOCore
import Testing

@testable import API

@Suite struct ObjectBodyTests {
    private static func read(_ chunks: [String], announced: Int64?) async throws -> String {
        let stream = AsyncStream<ByteBuffer> { continuation in
            for chunk in chunks { continuation.yield(ByteBuffer(string: chunk)) }
            continuation.finish()
        }
        var bytes: [UInt8] = []
        let body = ObjectBody(source: RequestBody(asyncSequence: stream), announcedBytes: announced)
        for try await chunk in body { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test(arguments: [Int64?.none, 6])
    func aWholeBodyIsRead(announced: Int64?) async throws {
        #expect(try await Self.read(["abc", "def"], announced: announced) == "abcdef")
    }

    /// A connection that breaks in the middle must not leave half an object.
    @Test(arguments: [Int64(5), 7, 0])
    func anotherLengthThanAnnouncedIsAFault(announced: Int64) async throws {
        let fault = await #expect(throws: Fault.self) {
            try await Self.read(["abc", "def"], announced: announced)
        }
        #expect(fault?.code == .malformedBody)
    }
}
