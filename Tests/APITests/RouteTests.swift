import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Kernel
import Logging
import NIOCore
import Testing
import Wire

@testable import API

@Suite struct RouteTests {
    @Test func openRoutesAnswerAnybody() async throws {
        let server = try await TestServer()
        try await server.test { client in
            let health = try await client.execute(uri: "/healthz", method: .get)
            #expect(health.text == #"{"status":"ok","version":"1.2.3"}"#)
            let metrics = try await client.execute(uri: "/metrics", method: .get)
            #expect(metrics.text == "requests 1\n")
        }
    }

    @Test(arguments: [
        ("/v2/nowhere", HTTPRequest.Method.get), ("/atelier/v1/balance", .patch), ("/", .get), ("/healthz", .post),
    ])
    func unknownRoutesAreToldInOurShape(path: String, method: HTTPRequest.Method) async throws {
        let server = try await TestServer()
        try await server.test { client in
            let answer = try await client.execute(uri: path, method: method)
            #expect(answer.status == .notFound)
            #expect(try answer.code == "APIGW.0101")
            #expect(answer.header("X-Request-Id")?.count == 32)
        }
    }

    /// The document is made of the route table, so what can go wrong is a route without details.
    @Test func everyOwnRouteIsDocumented() async throws {
        let server = try await TestServer()
        let own = server.api.routes.filter(\.isOwn)
        #expect(own.count >= 23)
        let document = try await server.test { client in
            try await client.execute(uri: "/atelier/v1/openapi.json", method: .get).json
        }
        #expect(document["openapi"]?.string == "3.1.0")
        for route in own {
            let path = route.path.replacing("+}", with: "}")
            let operation = document["paths"]?[path]?[route.method.rawValue.lowercased()]
            #expect(operation?["summary"]?.string == route.summary, "\(route.method) \(route.path)")
            #expect(!RouteDetails.of(route).answer.isEmpty, "\(route.method) \(route.path) has no details")
            let isOpen = if case .open = route.handler { true } else { false }
            #expect(operation?["security"]?.array?.isEmpty == isOpen)
        }
    }

    /// What fails inside is told by the request's id only.
    @Test func anUnknownErrorIsNotTold() async throws {
        struct Leak: Error { let secret = "the-database-password" }
        let router = Router(context: APIContext.self)
        router.add(middleware: RequestIdentity())
        router.add(middleware: ErrorAnswers())
        router.get("leak") { _, _ -> Response in throw Leak() }
        router.get("fault") { _, _ -> Response in throw Fault(.internalFault, "the-database-password") }
        router.get("faults") { _, _ -> Response in
            throw Faults([Fault(.missingParameter, "One.", field: "a"), Fault(.notFound, "Two.")])
        }
        try await Application(router: router, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            .test(.router) { client in
                for path in ["/leak", "/fault"] {
                    let answer = try await client.execute(uri: path, method: .get)
                    #expect(answer.status == .internalServerError)
                    #expect(try answer.code == "ModelArts.0500")
                    #expect(!answer.text.contains("password"))
                }
                let answer = try await client.execute(uri: "/faults", method: .get)
                #expect(answer.status == .badRequest)
                #expect(try answer.json["error_msg"]?.string == "a: One. Two.")
                #expect(try answer.faultFields == ["a"])
            }
    }

    @Test(arguments: [
        ("/v3/projects", true), ("/v3.0/OS-CREDENTIAL/credentials", true), ("/v3", true), ("/v30", false),
        ("/v2/x", false),
        ("/atelier/v1/clock", false),
    ])
    func familiesGoByPath(path: String, isIdentity: Bool) {
        #expect((FaultAnswer.Family(path: path) == .identity) == isIdentity)
    }
}
