import HTTPTypes
import HummingbirdTesting
import Identity
import Kernel
import NIOCore
import Platform
import Testing
import Wire

/// Who asks is proven, and whoever cannot prove it is told why (docs/authentication.md, "What is refused").
@Suite struct AuthenticationTests {
    @Test func aSignedRequestPassesAndBearsAnID() async throws {
        let server = try await TestServer()
        try await server.test { client in
            let answer = try await server.send(client, .get, "/v3/projects?name=local-1")
            #expect(answer.status == .ok)
            #expect(answer.header("X-Request-Id")?.count == 32)
            let projects = try #require(try answer.json["projects"]?.array)
            #expect(projects.map { $0["id"]?.string } == [server.customer.project.id.text])
            #expect(try answer.json["links"]?["self"]?.string == "http://localhost/v3/projects?name=local-1")
        }
    }

    @Test(arguments: ["/v2/accounts/customer-accounts/balances", "/atelier/v1/buckets", "/v2/p/training-jobs/j"])
    func nothingPassesUnsigned(path: String) async throws {
        let server = try await TestServer()
        try await server.test { client in
            let answer = try await client.execute(uri: path, method: .get)
            #expect(answer.status == .unauthorized)
            #expect(try answer.code == "APIGW.0302")
            #expect(try answer.json["request_id"]?.string == answer.header("X-Request-Id"))
            #expect(answer.header("WWW-Authenticate") == "SDK-HMAC-SHA256")
        }
    }

    @Test func errorsOfIAMHaveItsShape() async throws {
        let server = try await TestServer()
        try await server.test { client in
            let answer = try await client.execute(uri: "/v3/projects", method: .get)
            let error = try #require(try answer.json["error"])
            #expect(error["code"]?.integer == 401)
            #expect(error["title"]?.string == "Unauthorized")
            #expect(error["message"]?.string?.isEmpty == false)
        }
    }

    @Test func whatIsNotAsSignedIsRefused() async throws {
        let server = try await TestServer()
        let path = "/v2/\(server.customer.project.id)/training-job-searches"
        let body = Array(#"{"limit":1}"#.utf8)
        let now = server.clock.now().second
        let good = try server.signed(.post, path, body: body)
        var withoutKey = good
        withoutKey[.authorization] = good[.authorization]?.replacing(
            server.customer.key.access, with: "NOSUCHACCESSKEY00000")
        let cases: [(String, String, HTTPFields, String)] = [
            ("wrong secret", path, try server.signed(.post, path, body: body, secret: "x"), #"{"limit":1}"#),
            ("changed body", path, good, #"{"limit":2}"#),
            ("changed query", path + "?a=1", good, #"{"limit":1}"#),
            ("unknown key", path, withoutKey, #"{"limit":1}"#),
            ("old date", path, try server.signed(.post, path, body: body, at: now - 16 * 60), #"{"limit":1}"#),
            ("early date", path, try server.signed(.post, path, body: body, at: now + 16 * 60), #"{"limit":1}"#),
            (
                "body left out", path,
                try server.signed(
                    .post, path, body: body, more: [("X-Sdk-Content-Sha256", RequestSignature.unsignedPayload)]),
                #"{"limit":1}"#
            ),
            ("another scheme", path, [.authorization: "Bearer x"], #"{"limit":1}"#),
        ]
        try await server.test { client in
            let answer = try await client.execute(
                uri: path, method: .post, headers: good, body: ByteBuffer(bytes: body))
            #expect(answer.status == .ok, "\(answer.text)")
            for (name, target, headers, body) in cases {
                let answer = try await client.execute(
                    uri: target, method: .post, headers: headers, body: ByteBuffer(string: body))
                #expect(answer.status == .unauthorized, "\(name)")
                #expect(try answer.code == "APIGW.0301", "\(name)")
            }
        }
    }

    @Test func headersThatClaimAProjectDecideNothing() async throws {
        let server = try await TestServer()
        let foreign = server.operatorAccount.project.id
        try await server.test { client in
            for project in [foreign.text, "0123456789abcdef0123456789abcdef"] {
                let answer = try await server.send(
                    client, .get, "/v2/\(project)/training-job-flavors",
                    more: [("X-Project-Id", project), ("X-Domain-Id", server.operatorAccount.account.id.text)])
                #expect(answer.status == .forbidden)
                #expect(try answer.code == "ModelArts.0010")
            }
        }
    }

    @Test func aTokenOpensItsProjectAndNothingElse() async throws {
        let server = try await TestServer()
        let wish: JSONValue = [
            "auth": [
                "identity": [
                    "methods": ["password"],
                    "password": [
                        "user": ["name": "mira", "password": "another-password", "domain": ["name": "customer"]]
                    ],
                ], "scope": ["project": ["name": "local-1"]],
            ]
        ]
        try await server.test { client in
            let issued = try await client.execute(
                uri: "/v3/auth/tokens", method: .post, body: ByteBuffer(bytes: wish.bytes()))
            #expect(issued.status == .created, "\(issued.text)")
            let token = try #require(issued.header("X-Subject-Token"))
            #expect(try issued.json["token"]?["project"]?["id"]?.string == server.customer.project.id.text)
            #expect(try issued.json["token"]?["expires_at"]?.string == "2030-03-18T17:46:40.000000Z")
            let name = try #require(HTTPField.Name("X-Auth-Token"))
            let path = "/v2/\(server.customer.project.id)/training-job-flavors"
            let answer = try await client.execute(uri: path, method: .get, headers: [name: token])
            #expect(answer.status == .ok)
            let wrong = try await client.execute(uri: path, method: .get, headers: [name: token + "x"])
            #expect(try wrong.code == "APIGW.0307")
            try server.clock.move(to: server.clock.now().advanced(milliseconds: 24 * 3_600_000))
            let late = try await client.execute(uri: path, method: .get, headers: [name: token])
            #expect(try late.code == "APIGW.0307")
        }
    }

    @Test func aWrongPasswordAndABrokenWishAreTold() async throws {
        let server = try await TestServer()
        let wrong =
            #"{"auth":{"identity":{"methods":["password"],"password":{"user":{"name":"mira","#
            + #""password":"no","domain":{"name":"customer"}}}}}}"#
        try await server.test { client in
            let refused = try await client.execute(
                uri: "/v3/auth/tokens", method: .post, body: ByteBuffer(string: wrong))
            #expect(refused.status == .unauthorized)
            let broken = try await client.execute(
                uri: "/v3/auth/tokens", method: .post, body: ByteBuffer(string: #"{"auth":{}}"#))
            #expect(broken.status == .badRequest)
            #expect(try broken.json["error"]?["message"]?.string?.contains("auth.identity.password.user.name") == true)
        }
    }

    @Test func anAccessKeyIsMadeAndSigns() async throws {
        let server = try await TestServer()
        try await server.test { client in
            let answer = try await server.send(
                client, .post, "/v3.0/OS-CREDENTIAL/credentials",
                ["credential": ["user_id": .string(server.customer.user.id.text), "description": "ci"]])
            #expect(answer.status == .created, "\(answer.text)")
            let made = try #require(try answer.json["credential"])
            #expect(made["access"]?.string?.count == 20)
            #expect(made["secret"]?.string?.count == 40)
            #expect(made["status"]?.string == "active")
        }
    }

    @Test func aBodyBeyondTheLimitIsRefusedUnread() async throws {
        let server = try await TestServer()
        let path = "/v2/\(server.customer.project.id)/training-jobs"
        try await server.test { client in
            let answer = try await client.execute(
                uri: path, method: .post, headers: [.authorization: "SDK-HMAC-SHA256 x"],
                body: ByteBuffer(repeating: 0x20, count: Limits.bodyBytes + 1))
            #expect(answer.status.code == 413)
            #expect(try answer.code == "APIGW.0201")
        }
    }
}
