import Identity
import Kernel
import Secrets
import Testing

/// Requests of the unmodified SDK 3.1.219: each passes as it is, and none passes with anything changed.
@Suite struct SignatureVectorTests {
    @Test func thereAreEnough() { #expect(SignatureVector.all.count >= 40) }

    @Test(arguments: SignatureVector.all)
    func passesAsSigned(_ vector: SignatureVector) throws {
        #expect(try vector.verify() == (vector.isBodySigned ? .proven : .unsigned))
    }

    @Test(arguments: SignatureVector.all)
    func ownSignerWritesTheSame(_ vector: SignatureVector) throws {
        let signed = Set(vector.signedNames)
        let request = SignedRequest(
            method: vector.method, target: vector.target,
            headers: vector.headers.filter { signed.contains($0[0].lowercased()) && $0[0].lowercased() != "x-sdk-date" }
                .map { (name: $0[0], value: $0[1]) },
            payload: .bytes(vector.bodyBytes))
        let added = try RequestSignature.sign(
            request, access: vector.access, secret: vector.secret, date: SignatureVector.now.second,
            digests: SwiftCryptoDigests())
        #expect(added.map(\.name) == ["X-Sdk-Date", "Authorization"])
        #expect(added.map(\.value) == [vector.value("x-sdk-date"), vector.value("authorization")])
    }

    @Test(arguments: SignatureVector.all)
    func everyChangeIsRefused(_ vector: SignatureVector) throws {
        var changed: [(String, SignatureVector)] = []
        func change(_ what: String, _ edit: (inout SignatureVector) -> Void) {
            var copy = vector
            edit(&copy)
            changed.append((what, copy))
        }
        change("method") { $0.method = $0.method == "PUT" ? "POST" : "PUT" }
        change("path") { $0.target = "/x" + $0.target }
        change("query") { $0.target += ($0.target.contains("?") ? "&" : "?") + "zz=1" }
        for name in vector.signedNames {
            changed.append(
                ("header \(name)", vector.replacing(name) { name == "x-sdk-date" ? "20260301T080001Z" : $0 + "x" }))
            changed.append(("header \(name) gone", vector.without(name)))
            changed.append(("header \(name) not signed", vector.replacing("authorization") { unsign(name, in: $0) }))
        }
        changed.append(
            ("signature", vector.replacing("authorization") { $0.dropLast() + ($0.hasSuffix("0") ? "1" : "0") }))
        for (what, copy) in changed {
            #expect(fault { try copy.verify() }?.code == .invalidSignature, "\(what)")
        }
        #expect(fault { try vector.verify(secret: vector.secret + "x") }?.code == .invalidSignature)
        let bodies = [vector.bodyBytes + [0x20], Array(vector.bodyBytes.dropLast()), vector.bodyBytes.map { $0 ^ 1 }]
        for body in bodies where body != vector.bodyBytes && (vector.isBodySigned || body.isEmpty) {
            #expect(fault { try vector.verify(body: body) }?.code == .invalidSignature, "body")
        }
    }

    /// Takes a header out of the list of signed ones.
    private func unsign(_ name: String, in authorization: String) -> String {
        let parts = authorization.split(separator: ", ").map { part in
            guard part.hasPrefix("SignedHeaders=") else { return String(part) }
            let names = part.dropFirst("SignedHeaders=".count).split(separator: ";").filter { $0 != name }
            return "SignedHeaders=" + names.joined(separator: ";")
        }
        return parts.joined(separator: ", ")
    }
}
