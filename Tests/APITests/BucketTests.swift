import HTTPTypes
import HummingbirdTesting
import Identity
import Kernel
import NIOCore
import Testing
import Wire

@Suite struct BucketTests {
    private static let unsigned = [(name: "X-Sdk-Content-Sha256", value: RequestSignature.unsignedPayload)]

    @Test func objectsComeAndGo() async throws {
        let server = try await TestServer()
        let path = "/atelier/v1/buckets/code/objects/src/a%20b.py"
        try await server.test { client in
            #expect(try await server.send(client, .put, "/atelier/v1/buckets/code").status == .created)
            let again = try await server.send(client, .put, "/atelier/v1/buckets/code")
            #expect(again.status == .conflict)
            let content = [UInt8](repeating: 7, count: 3 << 20)
            let headers = try server.signed(.put, path, more: Self.unsigned, isStreamed: true)
            let put = try await client.execute(
                uri: path, method: .put, headers: headers, body: ByteBuffer(bytes: content))
            #expect(put.status == .created, "\(put.text)")
            #expect(try put.json["key"]?.string == "src/a b.py")
            #expect(try put.json["bytes"]?.integer == 3 << 20)
            let got = try await server.send(client, .get, path)
            #expect(Array(got.body.readableBytesView) == content)
            let head = try await server.send(client, .head, path)
            #expect(head.headers[.contentLength] == String(content.count))
            #expect(head.body.readableBytes == 0)
            let listed = try await server.send(client, .get, "/atelier/v1/buckets/code/objects?prefix=src/")
            #expect(try listed.json["items"]?.array?.map { $0["key"]?.string } == ["src/a b.py"])
            let full = try await server.send(client, .delete, "/atelier/v1/buckets/code")
            #expect(full.status == .conflict)
            #expect(try await server.send(client, .delete, path).status == .noContent)
            #expect(try await server.send(client, .delete, "/atelier/v1/buckets/code").status == .noContent)
        }
    }

    @Test func anotherBodyThanTheSignedOneLeavesNothing() async throws {
        let server = try await TestServer()
        let path = "/atelier/v1/buckets/code/objects/a"
        try await server.test { client in
            _ = try await server.send(client, .put, "/atelier/v1/buckets/code")
            let headers = try server.signed(.put, path, body: Array("good".utf8))
            let bad = try await client.execute(
                uri: path, method: .put, headers: headers, body: ByteBuffer(string: "evil"))
            #expect(try bad.code == "APIGW.0301")
            #expect(try await server.send(client, .get, path).status == .notFound)
            let good = try await client.execute(
                uri: path, method: .put, headers: headers, body: ByteBuffer(string: "good"))
            #expect(good.status == .created)
        }
    }

    /// `a//b` and `a/../b` are other keys than a tidied path would name; they are refused, not tidied.
    @Test(arguments: ["..%2F..%2Fetc%2Fpasswd", "a/%2e%2e/b", "a//b", "a%00b", "%ff", "a/./b"])
    func keysThatWouldLeaveAreRefused(key: String) async throws {
        let server = try await TestServer()
        try await server.test { client in
            _ = try await server.send(client, .put, "/atelier/v1/buckets/code")
            for method in [HTTPRequest.Method.get, .put, .delete] {
                let answer = try await server.send(client, method, "/atelier/v1/buckets/code/objects/\(key)")
                #expect(answer.status == .badRequest, "\(method) \(key): \(answer.text)")
                #expect(try answer.faultFields == ["key"])
            }
        }
    }

    @Test func anothersBucketDoesNotExist() async throws {
        let server = try await TestServer()
        try await server.test { client in
            _ = try await server.send(client, .put, "/atelier/v1/buckets/code", by: server.operatorAccount)
            #expect(try await server.send(client, .get, "/atelier/v1/buckets/code/objects").status == .notFound)
            #expect(try await server.send(client, .get, "/atelier/v1/buckets/code/objects/a").status == .notFound)
            #expect(try await server.send(client, .get, "/atelier/v1/buckets").json["total"]?.integer == 0)
        }
    }
}
