import API
import HTTPTypes
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Testing
import Wire

/// What only a socket shows.
@Suite struct LiveServerTests {
    @Test func aSignedRequestPassesOverASocket() async throws {
        let server = try await TestServer()
        let path = "/v3/projects?name=local-1"
        try await server.api.application(host: "127.0.0.1", port: 0, logger: Logger(label: "test")).test(.live) {
            client in
            let answer = try await server.send(client, .get, path)
            #expect(answer.status == .ok, "\(answer.text)")
            #expect(try answer.json["projects"]?.array?.count == 1)
        }
    }

    @Test func aHeaderBeyondTheLimitIsRefused() async throws {
        let server = try await TestServer()
        try await server.api.application(host: "127.0.0.1", port: 0, logger: Logger(label: "test")).test(.live) {
            client in
            let name = try #require(HTTPField.Name("X-Long"))
            let answer = try await client.execute(
                uri: "/healthz", method: .get, headers: [name: String(repeating: "x", count: Limits.headerBytes + 1)])
            #expect(answer.status == .badRequest)
        }
    }

    @Test func aBodyBeyondTheLimitIsRefusedAndTheConnectionGoesOn() async throws {
        let server = try await TestServer()
        try await server.api.application(host: "127.0.0.1", port: 0, logger: Logger(label: "test")).test(.live) {
            client in
            let answer = try await client.execute(
                uri: "/v3/auth/tokens", method: .post, body: ByteBuffer(repeating: 0x20, count: 5 << 20))
            #expect(answer.status.code == 413)
            #expect(try answer.json["error"]?["code"]?.integer == 413)
            #expect(try await client.execute(uri: "/healthz", method: .get).status == .ok)
        }
    }
}
