import Foundation
import Identity
import Kernel
import Secrets
import Testing

/// One request signed by the official SDK (see `Fixtures/make-signatures.py`).
struct SignatureVector: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    var method: String
    var target: String
    var headers: [[String]]
    let body: String
    let access: String
    let secret: String

    static let now = Instant(Second(iso8601: "2026-03-01T08:00:00Z") ?? Second(0))

    static let all: [SignatureVector] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/signatures.json")
        do {
            return try JSONDecoder().decode([SignatureVector].self, from: Data(contentsOf: file))
        } catch {
            Issue.record(error, "The vectors could not be read.")
            return []
        }
    }()

    var testDescription: String { name }
    var bodyBytes: [UInt8] { Hexadecimal.bytes(body) ?? [] }
    var isBodySigned: Bool { bodyBytes.isEmpty || value("x-sdk-content-sha256") == nil }

    func value(_ name: String) -> String? { headers.first { $0[0].lowercased() == name }?[1] }

    func replacing(_ name: String, _ change: (String) -> String) -> SignatureVector {
        var copy = self
        copy.headers = headers.map { $0[0].lowercased() == name ? [$0[0], change($0[1])] : $0 }
        return copy
    }

    func without(_ name: String) -> SignatureVector {
        var copy = self
        copy.headers.removeAll { $0[0].lowercased() == name }
        return copy
    }

    var signedNames: [String] {
        let authorization = value("authorization") ?? ""
        let list = authorization.split(separator: "SignedHeaders=").last?.prefix { $0 != "," } ?? ""
        return list.split(separator: ";").map(String.init)
    }

    func request(body: [UInt8]? = nil) -> SignedRequest {
        SignedRequest(
            method: method, target: target, headers: headers.map { (name: $0[0], value: $0[1]) },
            payload: .bytes(body ?? bodyBytes))
    }

    @discardableResult
    func verify(body: [UInt8]? = nil, secret: String? = nil, now: Instant = Self.now) throws -> RequestSignature.Body {
        let request = request(body: body)
        return try RequestSignature(request)
            .verify(request, secret: secret ?? self.secret, digests: SwiftCryptoDigests(), now: now)
    }
}

/// The fault that some work ends in; nil where it succeeds.
func fault(_ work: () throws -> Void) -> Fault? {
    do {
        try work()
        return nil
    } catch {
        return error as? Fault ?? Fault(.internalFault, "Not a fault: \(error)")
    }
}
