import Kernel
import NIOCore
import Platform
import Synchronization
import Testing
import Wire

/// Who may come in: tokens, cookies, other sites, refusals.
@Suite struct AdmissionTests {
    /// A gateway whose door takes the token `right`, and gives a cookie for it.
    static func start() async throws -> TestGateway {
        let upstream = try await ForwardTests.mirror()
        return try await TestGateway.start(
            resolver: TestResolver { request in
                guard request.subject == "7" else { return .refuse(Fault(.notFound, "There is no such notebook.")) }
                guard let credential = request.credential else {
                    return .refuse(Fault(.unauthenticated, "Show the token."))
                }
                guard credential.token == "right" else { return .refuse(Fault(.forbidden, "It is another's.")) }
                var forward = Forward(to: upstream.upstream)
                forward.cookie = RouteCookie(value: credential.token, path: "/nb/7/", seconds: 60)
                return .forward(forward)
            })
    }

    static func get(_ target: String, _ fields: String...) -> String {
        "GET \(target) HTTP/1.1\r\nHost: h:1\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    @Test func aBrowserGetsACookieForItsToken() async throws {
        let gateway = try await Self.start()
        let answer = try await gateway.ask(Self.get("/nb/7/lab?a=1&token=right", "Accept: text/html,*/*"))
        #expect(answer.status == 302)
        #expect(answer["location"] == "/nb/7/lab?a=1")
        #expect(answer["set-cookie"] == "nb-token=right; Path=/nb/7/; Max-Age=60; HttpOnly; SameSite=Lax")
        let next = try await gateway.ask(Self.get("/nb/7/lab?a=1", "Accept: text/html", "Cookie: x=1; nb-token=right"))
        #expect(next.status == 200)
        #expect(!next.text.contains("right"))
        let secure = try await gateway.ask(
            Self.get("/nb/7/lab?token=right", "Accept: text/html", "X-Forwarded-Proto: https"))
        #expect(secure["set-cookie"]?.hasSuffix("; Secure") == true)
    }

    @Test(arguments: ["Authorization: token right", "Authorization: Bearer right", "X: y"])
    func aProgramShowsItsToken(field: String) async throws {
        let gateway = try await Self.start()
        let answer = try await gateway.ask(Self.get(field == "X: y" ? "/nb/7/api?token=right" : "/nb/7/api", field))
        #expect(answer.status == 200)
        #expect(!answer.text.contains("right"))
        #expect(answer["set-cookie"] == nil)
    }

    @Test(arguments: [
        (get("/nb/7"), 401, "unauthenticated"), (get("/nb/7?token=wrong"), 403, "forbidden"),
        (get("/nb/8?token=right"), 404, "not_found"), (get("/nb/7", "Cookie: nb-token=wrong"), 403, "forbidden"),
    ])
    func refusalsHaveTheHousesShape(request: String, status: Int, code: String) async throws {
        let gateway = try await Self.start()
        let answer = try await gateway.ask(request)
        #expect(answer.status == status)
        let body = try JSONValue(parsing: answer.body)
        #expect(body["faults"]?.array?.first?["code"]?.string == code)
        #expect(body["request_id"]?.string == answer["x-request-id"])
    }

    /// The token is the caller's own doing; a cookie comes with whatever page makes the browser ask.
    @Test(arguments: [
        ("POST", "Sec-Fetch-Site: cross-site", "Cookie: nb-token=right", 403),
        ("POST", "Sec-Fetch-Site: same-site", "Cookie: nb-token=right", 403),
        ("POST", "Sec-Fetch-Site: same-origin", "Cookie: nb-token=right", 200),
        ("DELETE", "Origin: http://evil", "Cookie: nb-token=right", 403),
        ("POST", "Origin: null", "Cookie: nb-token=right", 403),
        ("PUT", "Origin: http://h:1", "Cookie: nb-token=right", 200),
        ("POST", "X: y", "Cookie: nb-token=right", 200),
        ("GET", "Sec-Fetch-Site: cross-site", "Cookie: nb-token=right", 200),
        ("POST", "Origin: http://evil", "Authorization: token right", 200),
    ])
    func anotherSitesPageMayOnlyRead(method: String, site: String, credential: String, status: Int) async throws {
        let gateway = try await Self.start()
        let answer = try await gateway.ask(
            "\(method) /nb/7/x HTTP/1.1\r\nHost: h:1\r\n\(site)\r\n\(credential)\r\n\r\n")
        #expect(answer.status == status, "\(answer.text)")
    }

    @Test func anotherSitesPageOpensNoWebSocket() async throws {
        let gateway = try await Self.start()
        let answer = try await gateway.ask(
            Self.get(
                "/nb/7/ws", "Connection: Upgrade", "Upgrade: websocket", "Origin: http://evil",
                "Cookie: nb-token=right"))
        #expect(answer.status == 403)
    }

    /// A decision is asked for again when the credentials, or what is asked for, are others.
    @Test func aKeptDecisionIsForTheSameCallerOnly() async throws {
        let upstream = try await ForwardTests.mirror()
        let asked = TestUpstream.Counted()
        let gateway = try await TestGateway.start(
            resolver: TestResolver { request in
                asked.value.wrappingAdd(1, ordering: .relaxed)
                guard request.credential?.token == "right" else { return .refuse(Fault(.forbidden, "no")) }
                var forward = Forward(to: upstream.upstream)
                forward.keepSeconds = 60
                return .forward(forward)
            })
        let client = try await gateway.connect()
        let asks = [
            ("/nb/7/a", "right", 200, 1), ("/nb/7/b?x", "right", 200, 1), ("/nb/7", "wrong", 403, 2),
            ("/nb/8/a", "right", 200, 3), ("/nb/8/b", "right", 200, 3), ("/nb/8/b", "wrong", 403, 4),
        ]
        for (target, token, status, count) in asks {
            try await client.send(Self.get(target, "Cookie: nb-token=\(token)"))
            #expect(try await client.takeAnswer().status == status)
            #expect(asked.value.load(ordering: .relaxed) == count)
        }
    }

    @Test func aBodyBeyondTheResolversLimitIsRefused() async throws {
        let upstream = try await ForwardTests.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream) { forward, _ in forward.bodyBytes = 10 }
        #expect(try await gateway.ask("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n").status == 413)
        let chunked =
            "POST /nb/7 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n6\r\nabcdef\r\n"
        #expect(try await gateway.ask(chunked).status == 413)
    }
}
