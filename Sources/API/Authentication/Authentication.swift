import HTTPTypes
import Hummingbird
import Identity
import Kernel
import NIOCore
import Platform

/// Finds out who sends a request and reads its body; see `docs/authentication.md`.
struct Authentication: Sendable {
    private let authenticate: Authenticate

    private static let token = HTTPField.Name.xAuthToken

    init(_ authenticate: Authenticate) { self.authenticate = authenticate }

    /// The caller, and the whole body: the one that was signed where the request is signed.
    func caller(
        of request: Request, atMost bodyBytes: Int = Limits.bodyBytes, requestID: String
    ) async throws -> (Caller, [UInt8]) {
        let proof = try Self.proof(in: request)
        let body = try await RequestBytes.collect(request, atMost: bodyBytes)
        let (caller, isBodySigned) = try await caller(by: proof, request, payload: .bytes(body), requestID: requestID)
        guard isBodySigned else {
            throw Fault(
                .invalidSignature,
                "This operation takes a signed body only; \(RequestSignature.unsignedPayload) is for objects.",
                field: "X-Sdk-Content-Sha256")
        }
        return (caller, body)
    }

    /// The caller, and the body to be read while it is kept.
    ///
    /// A body whose digest is signed is read and checked first, since nothing unproven may be kept; one that is larger
    /// than `Limits.bodyBytes` is sent with `X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD`.
    func streamingCaller(of request: Request, requestID: String) async throws -> (Caller, ObjectBody) {
        let announced = try RequestBytes.announced(by: request, atMost: Limits.objectBytes) { .objectTooLarge }
        let proof = try Self.proof(in: request)
        let isUnsigned = request.headers[.contentDigest] == RequestSignature.unsignedPayload
        if case .signature = proof, !isUnsigned || !RequestBytes.hasBody(request) {
            let (caller, body) = try await caller(of: request, requestID: requestID)
            let whole = RequestBody(buffer: ByteBuffer(bytes: body))
            return (caller, ObjectBody(source: whole, announcedBytes: Int64(body.count)))
        }
        let (caller, _) = try await caller(by: proof, request, payload: .streamed, requestID: requestID)
        return (caller, ObjectBody(source: request.body, announcedBytes: announced))
    }

    /// The caller, and false where a signature left the body out.
    private func caller(
        by proof: Proof, _ request: Request, payload: SignedRequest.Payload, requestID: String
    ) async throws -> (Caller, Bool) {
        switch proof {
        case .signature(let authorization):
            let signed = Self.signed(request, payload: payload)
            let (caller, body) = try await authenticate.signed(
                authorization: authorization, request: signed, requestID: requestID)
            return (caller, body != .unsigned)
        case .token(let token):
            return (try await authenticate.bearer(token, requestID: requestID), true)
        }
    }

    private enum Proof {
        case signature(String)
        case token(String)
    }

    /// A signature counts before a token: clients that send both signed the token's header.
    private static func proof(in request: Request) throws(Fault) -> Proof {
        let authorizations = request.headers[values: .authorization]
        let tokens = request.headers[values: token]
        if authorizations.count == 1 { return .signature(authorizations[0]) }
        if authorizations.isEmpty, tokens.count == 1, tokens[0].utf8.count <= Limits.tokenBytes {
            return .token(tokens[0])
        }
        throw Fault(
            .unauthenticated,
            "Send one Authorization header (\(RequestSignature.algorithm) Access=…, SignedHeaders=…, Signature=…) or "
                + "one X-Auth-Token header with a token of POST /v3/auth/tokens.", field: "Authorization")
    }

    /// The request exactly as it came; HTTP libraries keep `Host` apart from the other headers.
    private static func signed(_ request: Request, payload: SignedRequest.Payload) -> SignedRequest {
        var headers: [(name: String, value: String)] = []
        headers.reserveCapacity(request.headers.count + 1)
        if let authority = request.head.authority { headers.append(("Host", authority)) }
        for field in request.headers { headers.append((field.name.rawName, field.value)) }
        return SignedRequest(
            method: request.method.rawValue, target: request.head.path ?? "/", headers: headers, payload: payload)
    }
}

extension HTTPField.Name {
    static let xAuthToken = Self(known: "X-Auth-Token")
    static let xProjectID = Self(known: "X-Project-Id")
    static let contentDigest = Self(known: "X-Sdk-Content-Sha256")
    static let xRequestID = Self(known: "X-Request-Id")
    static let xSubjectToken = Self(known: "X-Subject-Token")
    static let idempotencyKey = Self(known: "Idempotency-Key")
    static let xModifiedAt = Self(known: "X-Modified-At")
    static let xLogOffset = Self(known: "X-Log-Offset")
    static let xLogWritten = Self(known: "X-Log-Written")
    static let xLogDropped = Self(known: "X-Log-Dropped")
    static let xLogFinal = Self(known: "X-Log-Final")

    /// A name that this file spells out, so it is always a header's name.
    private init(known name: StaticString) {
        guard let made = HTTPField.Name("\(name)") else { preconditionFailure("\(name) is no header name") }
        self = made
    }
}
