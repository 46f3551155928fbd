public import Kernel

/// The `Authorization` header of a signed request: `SDK-HMAC-SHA256 Access=…, SignedHeaders=…, Signature=…`.
///
/// The steps are described in `docs/authentication.md`.
public struct RequestSignature: Sendable {
    /// The one algorithm that is taken; the official SDKs never choose another by themselves.
    public static let algorithm = "SDK-HMAC-SHA256"
    /// What `X-Sdk-Content-Sha256` says of a body that the signature does not cover.
    public static let unsignedPayload = "UNSIGNED-PAYLOAD"

    /// The access key that is said to have signed; its secret decides.
    public let access: String
    /// The signed headers' names as sent, joined by `;`.
    let signedHeaders: [UInt8]
    /// The 32 bytes of the signature.
    let signature: [UInt8]

    /// Reads the header of a request; one without it says nothing about who sends it.
    public init(_ request: SignedRequest) throws(Fault) {
        let values = request.values(of: "authorization".utf8)
        guard values.count == 1 else {
            throw Fault(
                .unauthenticated,
                "The request must have one Authorization header or one X-Auth-Token header.", field: "Authorization")
        }
        try self.init(authorization: values[0])
    }

    /// Reads the header's value.
    public init(authorization: String) throws(Fault) {
        let text = Array(authorization.utf8)
        guard text.count <= Limits.authorizationBytes else {
            throw Self.fault("The Authorization header is longer than \(Limits.authorizationBytes) bytes.")
        }
        let words = text.drop(while: Self.isBlank)
        let scheme = words.prefix { !Self.isBlank($0) }
        guard scheme.elementsEqual(Self.algorithm.utf8) else {
            let name = String(decoding: scheme.prefix(40), as: UTF8.self)
            throw Self.fault("The signing algorithm \"\(name)\" is not offered; sign with \(Self.algorithm).")
        }
        let fields = words.dropFirst(scheme.count)
        access = String(decoding: try Self.field("Access", in: fields), as: UTF8.self)
        signedHeaders = Array(try Self.field("SignedHeaders", in: fields))
        let digits = String(decoding: try Self.field("Signature", in: fields), as: UTF8.self)
        guard digits.utf8.count == 64, let bytes = Hexadecimal.bytes(digits) else {
            throw Self.fault("The Signature in the Authorization header is not 64 hexadecimal digits.")
        }
        signature = bytes
    }

    /// What a signature says of the body.
    public enum Body: Hashable, Sendable {
        /// The body that was given is the one that was signed.
        case proven
        /// The signer left the body out.
        case unsigned
        /// A streamed body must have this SHA-256, 64 lower-case hexadecimal digits; whoever reads it must check.
        case promised(sha256: String)
    }

    /// Refuses a request that is not signed with a secret, or not now.
    ///
    /// Costs about ten microseconds and the hashing of the body.
    @discardableResult
    public func verify(
        _ request: SignedRequest, secret: String, digests: any Digests, now: Instant
    ) throws(Fault) -> Body {
        let names = signedHeaders.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let headers = try signedValues(names, of: request)
        let date = try checkedDate(of: request, now: now)
        let payload = try payload(of: request, names: names, digests: digests)
        var arrived = ""
        for order in [CanonicalRequest.QueryOrder.arrival, .sorted] {
            let canonical = CanonicalRequest(
                request, queryOrder: order, signedHeaders: signedHeaders, headers: headers,
                payloadHash: payload.hash)
            let digest = Hexadecimal.text(digests.sha256(canonical.bytes))
            let expected = Self.signature(date: date, digest: digest, secret: secret, digests: digests)
            if ConstantTime.equal(expected, signature) { return payload.body }
            if arrived.isEmpty { arrived = digest }
            // The second try is for clients that sign the pairs sorted but send them otherwise.
            if !request.target.utf8.contains(UInt8(ascii: "&")) { break }
        }
        throw Self.fault(
            "The signature does not match the request. The server's canonical request has the SHA-256 \(arrived): "
                + "compare it with the client's, and check the secret key of \(access).")
    }

    /// HMAC of the three-line string to sign, with the secret itself as the key.
    static func signature(date: String, digest: String, secret: String, digests: any Digests) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(128)
        for (index, line) in [algorithm, date, digest].enumerated() {
            if index > 0 { message.append(UInt8(ascii: "\n")) }
            message.append(contentsOf: line.utf8)
        }
        return digests.hmacSHA256(key: Array(secret.utf8), message: message)
    }

    static func fault(_ message: String) -> Fault { Fault(.invalidSignature, message, field: "Authorization") }
}

extension RequestSignature {
    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// The value of a field `name=value` in a list separated by commas, with any blanks around.
    private static func field(_ name: String, in fields: ArraySlice<UInt8>) throws(Fault) -> ArraySlice<UInt8> {
        for part in fields.split(separator: UInt8(ascii: ",")) {
            let words = part.drop(while: isBlank)
            guard words.starts(with: name.utf8), words.dropFirst(name.utf8.count).first == UInt8(ascii: "=") else {
                continue
            }
            let value = words.dropFirst(name.utf8.count + 1)
            let end = value.lastIndex { !isBlank($0) } ?? value.startIndex - 1
            if end >= value.startIndex { return value[...end] }
        }
        throw fault(
            "The Authorization header has no \(name); it reads \(algorithm) Access=…, SignedHeaders=…, Signature=….")
    }

    /// The values of the signed headers, each of which must be there once: two of a name could be read differently.
    private func signedValues(
        _ names: [ArraySlice<UInt8>], of request: SignedRequest
    ) throws(Fault) -> [(name: ArraySlice<UInt8>, value: String)] {
        guard names.count <= Limits.signedHeaders else {
            throw Self.fault("More than \(Limits.signedHeaders) headers are signed.")
        }
        for required in ["host", "x-sdk-date"] where !names.contains(where: { $0.elementsEqual(required.utf8) }) {
            throw Self.fault("The header \(required) must be among the SignedHeaders.")
        }
        var signed: [(name: ArraySlice<UInt8>, value: String)] = []
        var wrong: [String] = []
        for name in names {
            let values = request.values(of: name)
            if values.count == 1 {
                signed.append((name, values[0]))
            } else {
                wrong.append(String(decoding: name, as: UTF8.self))
            }
        }
        if !wrong.isEmpty {
            throw Self.fault(
                "Each of the SignedHeaders must be in the request once; missing or repeated: "
                    + wrong.joined(separator: ", ") + ".")
        }
        return signed
    }

    /// The date as sent, when it is near enough to now.
    private func checkedDate(of request: SignedRequest, now: Instant) throws(Fault) -> String {
        let date = request.value(of: "x-sdk-date") ?? ""
        guard let second = SignatureDate.second(date) else {
            throw Self.fault("The header X-Sdk-Date is not a UTC date of the form YYYYMMDDTHHMMSSZ.")
        }
        let ahead = second - now.second
        if abs(ahead) > Limits.signatureSkewSeconds {
            throw Self.fault(
                "The header X-Sdk-Date is \(abs(ahead)) seconds "
                    + "\(ahead > 0 ? "ahead of" : "behind") the server's clock; "
                    + "at most \(Limits.signatureSkewSeconds) are allowed. Set the client's clock and sign again.")
        }
        return date
    }

    /// The hash that stands for the body in the canonical request, and what it proves.
    ///
    /// A digest in a header counts only when the header is signed and the body has it: otherwise whoever carries the
    /// request could replace the body and state the old digest.
    private func payload(
        of request: SignedRequest, names: [ArraySlice<UInt8>], digests: any Digests
    ) throws(Fault) -> (hash: String, body: Body) {
        if case .bytes([]) = request.payload { return (Self.emptyHash, .proven) }
        let stated = request.value(of: "x-sdk-content-sha256")
        if stated != nil, !names.contains(where: { $0.elementsEqual("x-sdk-content-sha256".utf8) }) {
            throw Self.fault("The header X-Sdk-Content-Sha256 must be among the SignedHeaders.")
        }
        if stated == Self.unsignedPayload { return (Self.unsignedPayload, .unsigned) }
        switch (request.payload, stated) {
        case (.bytes(let body), let stated):
            let hash = Hexadecimal.text(digests.sha256(body))
            guard stated == nil || stated == hash else {
                throw Self.fault("The body does not have the digest that X-Sdk-Content-Sha256 states.")
            }
            return (hash, .proven)
        case (.streamed, let stated?) where stated.utf8.count == 64 && stated == stated.lowercased():
            return (stated, .promised(sha256: stated))
        case (.streamed, _):
            throw Self.fault(
                "The header X-Sdk-Content-Sha256 must state the body's SHA-256 (64 lower-case hexadecimal digits) "
                    + "or \(Self.unsignedPayload), and be signed.")
        }
    }

    /// SHA-256 of nothing.
    static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
}
