public import Kernel

extension RequestSignature {
    /// Signs a request as the official SDKs do.
    ///
    /// Every given header is signed, except those with an underscore in their name, which proxies drop.
    ///
    /// - Parameters:
    ///   - request: `Host` must be among its headers, with the port where it is not the scheme's own. A body that is
    ///     streamed needs `X-Sdk-Content-Sha256` there.
    ///   - date: The present second.
    /// - Returns: The two headers to add, `X-Sdk-Date` and `Authorization`.
    public static func sign(
        _ request: SignedRequest, access: String, secret: String, date: Second, digests: any Digests
    ) throws(Fault) -> [(name: String, value: String)] {
        let dateText = SignatureDate.text(date)
        let request = SignedRequest(
            method: request.method, target: request.target,
            headers: request.headers + [("X-Sdk-Date", dateText)], payload: request.payload)
        let headers =
            request.headers
            .filter { !$0.name.utf8.contains(UInt8(ascii: "_")) }
            .map { (name: ArraySlice($0.name.lowercased().utf8), value: $0.value) }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
        let names = Array(headers.map(\.name).joined(separator: [UInt8(ascii: ";")]))
        let canonical = CanonicalRequest(
            request, queryOrder: .sorted, signedHeaders: names, headers: headers,
            payloadHash: try payloadHash(of: request, digests: digests))
        let digest = Hexadecimal.text(digests.sha256(canonical.bytes))
        let signature = signature(date: dateText, digest: digest, secret: secret, digests: digests)
        let value =
            "\(algorithm) Access=\(access), SignedHeaders=\(String(decoding: names, as: UTF8.self)), "
            + "Signature=\(Hexadecimal.text(signature))"
        return [("X-Sdk-Date", dateText), ("Authorization", value)]
    }

    private static func payloadHash(of request: SignedRequest, digests: any Digests) throws(Fault) -> String {
        if case .bytes([]) = request.payload { return emptyHash }
        if let stated = request.value(of: "x-sdk-content-sha256") { return stated }
        guard case .bytes(let body) = request.payload else {
            throw fault("A streamed body needs the header X-Sdk-Content-Sha256.")
        }
        return Hexadecimal.text(digests.sha256(body))
    }
}
