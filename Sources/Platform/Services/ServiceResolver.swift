import Identity
import Kernel
import Wire

/// Says to the gateway who may call a service, and which instance answers.
///
/// A caller shows a token of a user of the service's project (`X-Auth-Token`, or `Authorization: Bearer`), a key of
/// services (there too, or `X-Apig-AppCode`), or signs the request. A body that the signature covers is read before
/// it is passed on; one that is said to be `UNSIGNED-PAYLOAD` streams by.
public final class ServiceResolver: RouteResolver {
    private let ports: Ports
    private let routes: ServiceRoutes
    private let authenticate: Authenticate
    private let address: Address

    /// What the part of the path behind the door names.
    public enum Address: Hashable, Sendable {
        /// `/v1/infers/{service_id}/…`, as ModelArts has it: the instance sees what stands behind the id.
        case id
        /// `/v2/models/{name}/…`, as the Open Inference Protocol has it: the instance sees all of it.
        case name
    }

    public init(_ ports: Ports, routes: ServiceRoutes, address: Address) {
        self.ports = ports
        self.routes = routes
        self.address = address
        authenticate = Authenticate(ports)
    }

    public func known(_ request: RouteRequest) -> RouteDecision? {
        // A name means nothing before it is known whose it is.
        guard address == .id, let token = Self.token(of: request),
            let route = routes.route(ServiceID(request.subject)), route.hasAdmitted(token), !route.isAsleep
        else { return nil }
        return route.next(.behindSubject(prefix: ""))
    }

    public func decide(_ request: RouteRequest) async -> RouteDecision { await answer(to: request, body: nil) }

    public func decide(_ request: RouteRequest, body: [UInt8]) async -> RouteDecision {
        await answer(to: request, body: body)
    }

    private func answer(to request: RouteRequest, body: [UInt8]?) async -> RouteDecision {
        do {
            return try await decision(request, body: body)
        } catch let fault as Fault {
            return .refuse(fault)
        } catch {
            ports.journal.note(.error, "A service could not be looked up.", ["error": "\(error)"])
            return .refuse(Fault(.internalFault, FaultCode.internalFault.sentence))
        }
    }

    private func decision(_ request: RouteRequest, body: [UInt8]?) async throws -> RouteDecision {
        let token = Self.token(of: request)
        let subject = request.subject
        if let token, token.hasPrefix(ServiceKey.prefix) {
            let opened = try await route(of: subject, openedBy: token)
            return try await admit(token, until: opened.until, to: opened.route)
        }
        if token == nil, body == nil, try await coversBody(request) {
            return .needsBody(atMost: Limits.signedBodyBytes)
        }
        let caller = try await caller(of: request, token: token, body: body)
        let route: ServiceRoute?
        switch address {
        case .id: route = routes.route(ServiceID(subject))
        case .name: route = try await self.route(named: subject, for: caller)
        }
        // Who may not call it does not learn that it is there.
        guard let route, caller.may(.read, in: Scope(account: route.account, project: route.project)) else {
            throw Fault(.notFound, "There is no service \(subject) that this token may call.")
        }
        return try await admit(token, to: route)
    }

    private func admit(
        _ token: String?, until end: Instant? = nil, to route: ServiceRoute
    ) async throws -> RouteDecision {
        if let token { route.admit(token, until: end) }
        if route.isAsleep { try await routes.wake(route) }
        return route.next(address == .id ? .behindSubject(prefix: "") : .asItCame)
    }

    /// The service that a key opens, and until when it does.
    private func route(
        of subject: String, openedBy text: String
    ) async throws -> (route: ServiceRoute, until: Instant?) {
        let digest = ports.secrets.digest(ofToken: text)
        guard let key = try await ports.store.read({ try $0.serviceKey(digest: digest) }) else {
            throw Fault(.invalidToken, "The key is unknown; it may have been deleted.")
        }
        try key.requireValid(at: ports.hostClock.now())
        let route: ServiceRoute?
        switch address {
        case .id: route = routes.route(ServiceID(subject))
        case .name: route = routes.route(named: subject, in: key.project)
        }
        guard let route, key.opens(route.id, of: route.project) else {
            throw Fault(.notFound, "There is no service \(subject) that this key opens.")
        }
        return (route, key.expiresAt)
    }

    private func caller(of request: RouteRequest, token: String?, body: [UInt8]?) async throws -> Caller {
        if let token { return try await authenticate.bearer(token, requestID: "") }
        guard let authorization = request.header("authorization") else {
            throw Fault(
                .unauthenticated,
                "Send the X-Auth-Token of a user of the service's project, or Authorization: Bearer with it "
                    + "(POST /v3/auth/tokens gives one), or sign the request.")
        }
        return try await authenticate.signed(
            authorization: authorization, request: SignedRequest(request.head, body: body), requestID: ""
        ).caller
    }

    /// Whether a signature covers a body; refuses what cannot be signed whatever the body is, since nobody else's is
    /// to be held.
    private func coversBody(_ request: RouteRequest) async throws -> Bool {
        guard let authorization = request.header("authorization"), request.head.hasBody else { return false }
        let digest = request.header("x-sdk-content-sha256")
        guard digest != RequestSignature.unsignedPayload else { return false }
        // Where the digest is told, the signature is proven by the head, and the digest by the body then.
        let isWhole = digest != nil
        try await authenticate.requirePossible(
            authorization: authorization, request: isWhole ? SignedRequest(request.head, body: nil) : nil)
        return true
    }

    /// The service of a name in the caller's project; in any of its account's where a signature names none.
    private func route(named name: String, for caller: Caller) async throws -> ServiceRoute? {
        if let project = caller.project { return routes.route(named: name, in: project) }
        let projects = try await ports.store.read { try $0.projects(of: caller.account) }
        return projects.lazy.compactMap { self.routes.route(named: name, in: $0.id) }.first
    }

    private static func token(of request: RouteRequest) -> String? {
        if let token = request.header("x-auth-token") ?? request.header("x-apig-appcode") { return token }
        switch request.credential {
        case .header(let token)?: return token
        // An address that is handed on, or a cookie, would let any page call a service.
        case .query?, .cookie?, nil: return nil
        }
    }
}

extension SignedRequest {
    /// A request of which the head alone is known, or its body, too.
    fileprivate init(_ head: RequestHead, body: [UInt8]?) {
        self.init(
            method: head.method, target: head.target,
            headers: head.fields.list.map { field in
                (name: head.fields.text(field.name), value: head.fields.text(field.value))
            }, payload: head.hasBody ? body.map(Payload.bytes) ?? .streamed : .bytes([]))
    }
}

extension RequestHead {
    fileprivate var hasBody: Bool {
        switch framing {
        case .none: false
        case .length(let length): length > 0
        case .chunked, .untilClose: true
        }
    }
}
