import Identity
import Kernel
import Secrets
import TestKit
import Testing

/// Random requests: what the signer signs, the verifier takes, and only with the same secret.
@Suite struct SignatureRoundTripTests {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func randomRequestsPass(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let digests = SwiftCryptoDigests()
        for _ in 0..<250 {
            let payload = SignedRequest.Payload.bytes(
                (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                })
            let target = "/" + text(&random, without: "?") + (Bool.random(using: &random) ? "?" + text(&random) : "")
            let plain = SignedRequest(
                method: ["GET", "PUT", "delete"].randomElement(using: &random) ?? "GET", target: target,
                headers: [("host", "h"), ("X-Text", text(&random)), ("under_score", text(&random))], payload: payload)
            let added = try RequestSignature.sign(
                plain, access: "A", secret: "s", date: Second(1_000_000), digests: digests)
            let request = SignedRequest(
                method: plain.method, target: target, headers: (plain.headers + added).shuffled(using: &random),
                payload: payload)
            let signature = try RequestSignature(request)
            let now = Instant(Second(1_000_000))
            #expect(
                fault { try signature.verify(request, secret: "s", digests: digests, now: now) } == nil, "\(target)")
            #expect(fault { try signature.verify(request, secret: "t", digests: digests, now: now) } != nil)
        }
    }

    private func text(_ random: inout SeededGenerator, without dropped: Character? = nil) -> String {
        let characters = Array("ab/=&?+ ~%%2F%zé机😀;:,.-_\u{301}".filter { $0 != dropped })
        return String(
            (0..<Int.random(in: 0...12, using: &random)).map { _ in
                characters.randomElement(using: &random) ?? "a"
            })
    }
}
