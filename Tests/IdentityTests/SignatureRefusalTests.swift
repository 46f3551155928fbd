import Identity
import Kernel
import Secrets
import Testing

/// What a signature is refused for, and that the sentence tells how to go on.
@Suite struct SignatureRefusalTests {
    private static let digests = SwiftCryptoDigests()
    private static let now = SignatureVector.now

    private func request(
        method: String = "POST", target: String = "/v1/p", extra: [(name: String, value: String)] = [],
        payload: SignedRequest.Payload = .bytes(Array("{}".utf8)), date: Second = now.second
    ) throws -> SignedRequest {
        let plain = SignedRequest(
            method: method, target: target, headers: [("Host", "h:1")] + extra, payload: payload)
        let added = try RequestSignature.sign(plain, access: "A", secret: "s", date: date, digests: Self.digests)
        return SignedRequest(method: method, target: target, headers: plain.headers + added, payload: payload)
    }

    @discardableResult
    private func verify(_ request: SignedRequest, now: Instant = now) throws -> RequestSignature.Body {
        try RequestSignature(request).verify(request, secret: "s", digests: Self.digests, now: now)
    }

    @Test(arguments: [-901, -900, -899, 0, 899, 900, 901] as [Int64])
    func clockMayDifferByFifteenMinutes(_ seconds: Int64) throws {
        let request = try request(date: Self.now.second + seconds)
        let fault = fault { try verify(request) }
        if abs(seconds) <= 900 {
            #expect(fault == nil)
        } else {
            #expect(fault?.code == .invalidSignature)
            #expect(fault?.message.contains("901 seconds \(seconds > 0 ? "ahead of" : "behind")") == true)
        }
    }

    @Test(arguments: [
        "", "20260301T080000", "2026-03-01T08:00:00Z", "20260301T080000z", "20260230T080000Z", "20261301T080000Z",
        "20260301T240000Z", "20260301T086000Z", "20260301T080060Z", "+0260301T080000Z", "２0260301T0800Z",
    ])
    func datesOfAnotherFormAreRefused(_ date: String) throws {
        let signed = try request()
        let headers = signed.headers.map { $0.name == "X-Sdk-Date" ? ($0.name, date) : $0 }
        let changed = SignedRequest(
            method: signed.method, target: signed.target, headers: headers, payload: signed.payload)
        #expect(fault { try verify(changed) }?.message.contains("YYYYMMDDTHHMMSSZ") == true)
    }

    @Test(arguments: [
        ("SDK-HMAC-SM3 Access=a, SignedHeaders=host, Signature=0", "SDK-HMAC-SM3"),
        ("V11-HMAC-SHA256 Credential=a/b", "V11-HMAC-SHA256"),
        ("Bearer abc", "Bearer"),
        ("", "not offered"),
        ("SDK-HMAC-SHA256", "no Access"),
        ("SDK-HMAC-SHA256 Access=, SignedHeaders=host, Signature=0", "no Access"),
        ("SDK-HMAC-SHA256 Access=a, Signature=0", "no SignedHeaders"),
        ("SDK-HMAC-SHA256 Access=a, SignedHeaders=host", "no Signature"),
        ("SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=00", "64 hexadecimal"),
        (
            "SDK-HMAC-SHA256 Access=a, SignedHeaders=host, Signature=" + String(repeating: "g", count: 64),
            "64 hexadecimal"
        ),
        ("SDK-HMAC-SHA256 Access=" + String(repeating: "a", count: 9_000), "longer than 8192"),
    ])
    func headersThatCannotBeReadAreRefused(_ header: String, _ says: String) {
        let fault = fault { _ = try RequestSignature(authorization: header) }
        #expect(fault?.code == .invalidSignature)
        #expect(fault?.message.contains(says) == true, "\(fault?.message ?? "accepted")")
    }

    @Test func blanksInTheHeaderDoNotCount() throws {
        let zeros = String(repeating: "0", count: 64)
        for header in [
            "SDK-HMAC-SHA256 Access=a,SignedHeaders=host,Signature=\(zeros)",
            "  SDK-HMAC-SHA256   Signature=\(zeros) ,\tSignedHeaders=host ,  Access=a  ",
        ] {
            #expect(try RequestSignature(authorization: header).access == "a")
        }
    }

    @Test func noHeaderOrTwoSayNothingOfWhoAsks() throws {
        let signed = try request()
        let bare = SignedRequest(method: "GET", target: "/", headers: [("Host", "h")], payload: .bytes([]))
        let twice = SignedRequest(
            method: "POST", target: "/v1/p", headers: signed.headers + [("authorization", "x")], payload: signed.payload
        )
        for request in [bare, twice] {
            #expect(fault { _ = try RequestSignature(request) }?.code == .unauthenticated)
        }
    }

    @Test(arguments: [
        "x-sdk-date", "host;x-sdk-date;;", "host;x-sdk-date;x-missing", "host;x-sdk-date;x-twice", "host",
    ])
    func signedHeadersMustBeThereOnce(_ names: String) throws {
        let zeros = String(repeating: "0", count: 64)
        let authorization = "SDK-HMAC-SHA256 Access=a, SignedHeaders=\(names), Signature=\(zeros)"
        let request = SignedRequest(
            method: "GET", target: "/",
            headers: [
                ("Host", "h"), ("X-Sdk-Date", "20260301T080000Z"), ("X-Twice", "1"), ("x-twice", "2"),
                ("Authorization", authorization),
            ], payload: .bytes([]))
        let fault = fault { try verify(request) }
        #expect(fault?.code == .invalidSignature)
        #expect(fault?.message.contains("SignedHeaders") == true)
    }

    @Test func tooManySignedHeadersAreRefused() throws {
        let names = (0...Limits.signedHeaders).map { "h\($0)" }.joined(separator: ";")
        let zeros = String(repeating: "0", count: 64)
        let signature = try RequestSignature(
            authorization: "SDK-HMAC-SHA256 Access=a, SignedHeaders=\(names), Signature=\(zeros)")
        let request = try request()
        let fault = fault { try signature.verify(request, secret: "s", digests: Self.digests, now: Self.now) }
        #expect(fault?.message.contains("More than 64") == true)
    }

    @Test func mismatchNamesTheCanonicalRequestAndNeverTheSecret() throws {
        let request = try request()
        let secret = "very-secret-text"
        let fault = fault {
            try RequestSignature(request).verify(request, secret: secret, digests: Self.digests, now: Self.now)
        }
        let canonical =
            "POST\n/v1/p/\n\nhost:h:1\nx-sdk-date:20260301T080000Z\n\nhost;x-sdk-date\n"
            + Hexadecimal.text(Self.digests.sha256(Array("{}".utf8)))
        let digest = Hexadecimal.text(Self.digests.sha256(Array(canonical.utf8)))
        #expect(fault?.message.contains(digest) == true)
        #expect(fault?.message.contains(secret) == false)
    }

    @Test func aPlantedDigestDoesNotReplaceTheBody() throws {
        let signed = try request()
        let digest = Hexadecimal.text(Self.digests.sha256(Array("{}".utf8)))
        let other = SignedRequest.Payload.bytes(Array("{\"evil\":1}".utf8))
        let planted = SignedRequest(
            method: "POST", target: "/v1/p", headers: signed.headers + [("X-Sdk-Content-Sha256", digest)],
            payload: other)
        #expect(fault { try verify(planted) }?.message.contains("must be among the SignedHeaders") == true)

        let stated = try request(extra: [("X-Sdk-Content-Sha256", digest)])
        #expect(try verify(stated) == .proven)
        let replaced = SignedRequest(method: "POST", target: "/v1/p", headers: stated.headers, payload: other)
        #expect(fault { try verify(replaced) }?.message.contains("does not have the digest") == true)
    }

    @Test func aStreamedBodyNeedsASignedDigest() throws {
        let digest = Hexadecimal.text(Self.digests.sha256(Array("{}".utf8)))
        let promised = try request(extra: [("X-Sdk-Content-Sha256", digest)], payload: .streamed)
        #expect(try verify(promised) == .promised(sha256: digest))
        let unsigned = try request(extra: [("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")], payload: .streamed)
        #expect(try verify(unsigned) == .unsigned)
        #expect(fault { _ = try request(payload: .streamed) }?.code == .invalidSignature)
        let silent = try request()
        let streamed = SignedRequest(method: "POST", target: "/v1/p", headers: silent.headers, payload: .streamed)
        #expect(fault { try verify(streamed) }?.message.contains("must state") == true)
    }

    @Test func pairsMayArriveInAnotherOrderThanTheyWereSigned() throws {
        let signed = try request(method: "GET", target: "/s?b=2&a=1&a=0&c", payload: .bytes([]))
        #expect(try verify(signed) == .proven)
    }
}
