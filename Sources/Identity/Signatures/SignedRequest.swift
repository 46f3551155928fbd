/// A request as far as a signature can cover it: exactly what stands on the wire, before any decoding.
public struct SignedRequest: Sendable {
    public let method: String
    /// Path and query as received; a framework's decoded or normalised path breaks the signature.
    public let target: String
    /// Every header, `Host` too (HTTP libraries like to keep it apart as the authority).
    public let headers: [(name: String, value: String)]
    public let payload: Payload

    /// The body of a request.
    public enum Payload: Sendable {
        /// The whole body, unparsed; empty where there is none.
        case bytes([UInt8])
        /// A body that is not empty and has not been read yet; `X-Sdk-Content-Sha256` must speak for it.
        case streamed
    }

    public init(method: String, target: String, headers: [(name: String, value: String)], payload: Payload) {
        self.method = method
        self.target = target
        self.headers = headers
        self.payload = payload
    }

    /// The values of a header, whose name is given in lower case.
    func values(of name: some Collection<UInt8>) -> [String] {
        headers.filter { Self.isHeader($0.name, name) }.map(\.value)
    }

    /// The value of a header that may appear once; nil where it is absent or appears twice.
    func value(of name: String) -> String? {
        let found = values(of: name.utf8)
        return found.count == 1 ? found[0] : nil
    }

    private static func isHeader(_ name: String, _ lowerCased: some Collection<UInt8>) -> Bool {
        let bytes = name.utf8
        return bytes.count == lowerCased.count
            && zip(bytes, lowerCased).allSatisfy { byte, wanted in
                byte == wanted || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == wanted
            }
    }
}
