import NIOCore
import Platform
import Testing

@testable import Gateway

/// What an upstream sees of a request, and a client of an answer's head.
@Suite struct ForwardTests {
    /// An upstream that answers with the request it was sent.
    static func mirror(onPort: Bool = false) async throws -> TestUpstream {
        try await TestUpstream.answering(onPort: onPort) { head, body in
            "HTTP/1.1 200 OK\r\nContent-Length: \(head.utf8.count + body.count)\r\nX-Own: 1\r\n"
                + "Keep-Alive: timeout=5\r\n"
                + "Connection: keep-alive, X-Mine\r\nX-Mine: 2\r\n\r\n" + head + String(decoding: body, as: UTF8.self)
        }
    }

    @Test(arguments: [false, true]) func aRequestPassesBySocketAndByPort(onPort: Bool) async throws {
        let upstream = try await Self.mirror(onPort: onPort)
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let answer = try await gateway.ask("POST /nb/7/x?a=1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.status == 200)
        #expect(answer.text.hasPrefix("POST /nb/7/x?a=1 HTTP/1.1\r\nHost: h:1\r\nContent-Length: 3\r\n"))
        #expect(answer.text.hasSuffix("\r\n\r\nabc"))
        #expect(answer["x-request-id"]?.count == 32)
        #expect(answer.text.contains("X-Request-Id: \(answer["x-request-id"] ?? "none")\r\n"))
        #expect(answer["x-own"] == "1")
    }

    @Test func whatIsNotBehindADoorIsTheAPIs() async throws {
        let upstream = try await Self.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let client = try await gateway.connect()
        for path in ["/healthz", "/nb", "/NB/7", "//nb/7", "/%6eb/7", "*"] {
            let method = path == "*" ? "OPTIONS" : "GET"
            try await client.send("\(method) \(path) HTTP/1.1\r\nHost: h\r\n\r\n")
            #expect(try await client.takeAnswer().text == "api \(method) \(path) 0")
        }
        #expect(upstream.connections == 0)
    }

    @Test func aDecisionMayTakeItsTime() async throws {
        let upstream = try await Self.mirror()
        let gateway = try await TestGateway.start(
            resolver: TestResolver(waits: true) { _ in .forward(Forward(to: upstream.upstream)) })
        let answer = try await gateway.ask("POST /nb/7 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.text.hasSuffix("\r\n\r\nabc"))
    }

    /// RFC 9110, 7.6.1.
    @Test func whatBelongsToOneConnectionEndsThere() async throws {
        let upstream = try await Self.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let answer = try await gateway.ask(
            """
            GET /nb/7 HTTP/1.1\r\nHost: h\r\nTE: trailers\r\nConnection: keep-alive, X-Drop\r\nX-Drop: 1\r
            Keep-Alive: 5\r
            Proxy-Connection: x\r\nProxy-Authorization: y\r\nUpgrade: h2c\r\nX-Keep: 2\r\nX-Auth-Token: secret\r
            X-Apig-AppCode: secret\r\n\r\n
            """)
        for name in ["te", "connection", "x-drop", "keep-alive", "proxy-connection", "proxy-authorization", "upgrade"] {
            #expect(!answer.text.lowercased().contains("\r\n\(name):"), "\(name)")
        }
        #expect(answer.text.contains("\r\nX-Keep: 2\r\n"))
        #expect(!answer.text.contains("secret"))
        #expect(answer["keep-alive"] == nil)
        #expect(answer["connection"] == nil)
        #expect(answer["x-mine"] == nil)
    }

    @Test func aProxyOnThisMachineIsBelieved() async throws {
        let upstream = try await Self.mirror()
        let gateway = try await TestGateway.start(to: upstream.upstream)
        let fields =
            "X-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 9.9.9.9\r\nX-Request-Id: mine\r\n"
        let text = try await gateway.ask("GET /nb/7 HTTP/1.1\r\nHost: h\r\n\(fields)\r\n").text
        #expect(text.contains("X-Forwarded-For: 9.9.9.9, 127.0.0.1\r\n"))
        #expect(text.contains("X-Forwarded-Proto: https\r\n") && text.contains("X-Real-IP: 9.9.9.9\r\n"))
        #expect(text.contains("X-Forwarded-Host: h\r\n") && !text.contains("mine"))
    }

    @Test func anybodyElseIsNot() throws {
        let address = try SocketAddress(ipAddress: "10.1.2.3", port: 5)
        let text = try Self.upstreamHead(
            "GET /nb/7 HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 9.9.9.9\r\nX-Forwarded-Proto: https\r\n"
                + "Forwarded: for=9.9.9.9\r\nX-Real-IP: 9.9.9.9\r\nX-Forwarded-Host: evil\r\n\r\n", peer: address)
        #expect(text.contains("X-Forwarded-For: 10.1.2.3\r\nX-Real-IP: 10.1.2.3\r\nX-Forwarded-Proto: http\r\n"))
        #expect(!text.contains("9.9.9.9") && !text.contains("evil"))
    }

    /// The head that an upstream would be sent.
    static func upstreamHead(
        _ text: String, peer: SocketAddress? = nil, hidesAuthorization: Bool = false,
        _ change: (inout Forward) -> Void = { _ in }
    ) throws -> String {
        let head = try TestHead.read(text)
        var forward = Forward(to: .loopback(port: 1))
        change(&forward)
        let door = RouteDoor(
            prefix: "/nb/", cookie: "nb-token", hiddenCookies: ["console"],
            resolver: TestResolver { _ in .forward(Forward(to: .loopback(port: 1))) })
        var buffer = ByteBuffer()
        UpstreamHead(
            head: head, forward: forward,
            door: ReverseProxy.Door(
                index: 0, route: door, prefix: Array("/nb/".utf8),
                hiddenCookies: [Array("nb-token".utf8), Array("console".utf8)]),
            peer: PeerAddress(peer), id: RequestID(high: 1, low: 2), hidesAuthorization: hidesAuthorization
        ).write(into: &buffer)
        return String(buffer: buffer)
    }

    @Test(arguments: [
        ("/nb/7/a?x=1", "/nb/7/a?x=1"), ("/nb/7/a?token=s", "/nb/7/a"), ("/nb/7?token=s&x=1", "/nb/7?x=1"),
        ("/nb/7?x=1&token=s&y=2", "/nb/7?x=1&y=2"), ("/nb/7?nottoken=1&x", "/nb/7?nottoken=1&x"), ("/nb/7?", "/nb/7?"),
        ("http://h/nb/7", "/nb/7"),
    ])
    func theTokenDoesNotGoOn(target: String, wanted: String) throws {
        let text = try Self.upstreamHead("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n")
        #expect(text.hasPrefix("GET \(wanted) HTTP/1.1\r\n"), "\(text)")
    }

    @Test(arguments: [
        ("/nb/7/a/b?x", "", "/a/b?x"), ("/nb/7", "", "/"), ("/nb/7/", "/v2", "/v2/"), ("/nb/7?x", "/v2", "/v2?x"),
    ])
    func theDoorAndTheSubjectMayBeLeftOut(target: String, prefix: String, wanted: String) throws {
        let text = try Self.upstreamHead("GET \(target) HTTP/1.1\r\nHost: h\r\n\r\n") {
            $0.path = .behindSubject(prefix: prefix)
        }
        #expect(text.hasPrefix("GET \(wanted) HTTP/1.1\r\n"), "\(text)")
    }

    @Test(
        arguments: [
            ("a=1; nb-token=s; b=2", "Cookie: a=1; b=2\r\n"), ("nb-token=s", nil), ("console=c;nb-token=s", nil),
            ("a=1", "Cookie: a=1\r\n"), ("xnb-token=1; nb-tokenx=2", "Cookie: xnb-token=1; nb-tokenx=2\r\n"),
        ] as [(String, String?)]) func theHousesCookiesDoNotGoOn(cookies: String, wanted: String?) throws
    {
        let text = try Self.upstreamHead("GET /nb/7 HTTP/1.1\r\nHost: h\r\nCookie: \(cookies)\r\nX: y\r\n\r\n")
        #expect(wanted.map(text.contains) ?? !text.contains("Cookie"), "\(text)")
        #expect(text.contains("\r\nX: y\r\n"))
    }

    @Test func whatAResolverSetsReplacesTheClients() throws {
        let text = try Self.upstreamHead("GET /nb/7 HTTP/1.1\r\nHost: h\r\nX-User: liar\r\nAuthorization: a\r\n\r\n") {
            $0.fields = [RouteField("x-user", "ann"), RouteField("authorization", "token t")]
        }
        #expect(text.contains("x-user: ann\r\nauthorization: token t\r\n"))
        #expect(!text.contains("liar") && !text.contains("Authorization: a"))
    }

    @Test func signaturesAndShownTokensDoNotGoOn() throws {
        let request = "GET /nb/7 HTTP/1.1\r\nHost: h\r\nAuthorization: "
        #expect(try !Self.upstreamHead(request + "SDK-HMAC-SHA256 x\r\n\r\n").contains("Authorization"))
        #expect(try !Self.upstreamHead(request + "token x\r\n\r\n", hidesAuthorization: true).contains("Authorization"))
        #expect(try Self.upstreamHead(request + "Basic x\r\n\r\n").contains("Authorization: Basic x\r\n"))
    }
}
