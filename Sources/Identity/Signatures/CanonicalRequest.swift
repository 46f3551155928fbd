/// The text that a signature covers: six parts joined by newlines.
struct CanonicalRequest {
    /// In which order the pairs of the query stand.
    enum QueryOrder { case arrival, sorted }

    /// The text in UTF-8.
    private(set) var bytes: [UInt8] = []
    private static let newline = UInt8(ascii: "\n")

    /// Writes the text down.
    ///
    /// - Parameters:
    ///   - signedHeaders: The names as they were sent, joined by `;`.
    ///   - headers: Name and value of each of them, in the same order.
    ///   - payloadHash: 64 hexadecimal digits, or `UNSIGNED-PAYLOAD`.
    init(
        _ request: SignedRequest, queryOrder: QueryOrder, signedHeaders: [UInt8],
        headers: [(name: ArraySlice<UInt8>, value: String)], payloadHash: String
    ) {
        let target = Array(request.target.utf8)
        let cut = target.firstIndex(of: UInt8(ascii: "?")) ?? target.endIndex
        bytes.reserveCapacity(1_024)
        bytes.append(contentsOf: request.method.uppercased().utf8)
        bytes.append(Self.newline)
        appendPath(target[..<cut])
        bytes.append(Self.newline)
        appendQuery(target[cut...].dropFirst(), order: queryOrder)
        bytes.append(Self.newline)
        for header in headers { append(header) }
        bytes.append(Self.newline)
        bytes.append(contentsOf: signedHeaders)
        bytes.append(Self.newline)
        bytes.append(contentsOf: payloadHash.utf8)
    }

    /// The path is decoded as a whole before it is cut, so an encoded slash becomes a plain one; and it ends with one.
    private mutating func appendPath(_ path: ArraySlice<UInt8>) {
        var decoded = PercentCoding.decoded(path)
        if decoded.contains(where: { $0 >= 0x80 }) {
            // Clients sign a text, so bytes that are no UTF-8 were signed as the replacement character.
            decoded = Array(String(decoding: decoded, as: UTF8.self).utf8)
        }
        PercentCoding.append(decoded, to: &bytes, keepingSlash: true)
        if decoded.last != UInt8(ascii: "/") { bytes.append(UInt8(ascii: "/")) }
    }

    private mutating func appendQuery(_ query: ArraySlice<UInt8>, order: QueryOrder) {
        guard !query.isEmpty else { return }
        var pairs = query.split(separator: UInt8(ascii: "&")).map { pair in
            let cut = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            return (
                name: PercentCoding.decoded(pair[..<cut]), value: PercentCoding.decoded(pair[cut...].dropFirst())
            )
        }
        if order == .sorted {
            pairs.sort {
                $0.name == $1.name
                    ? $0.value.lexicographicallyPrecedes($1.value) : $0.name.lexicographicallyPrecedes($1.name)
            }
        }
        for (index, pair) in pairs.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: "&")) }
            PercentCoding.append(pair.name, to: &bytes)
            bytes.append(UInt8(ascii: "="))
            PercentCoding.append(pair.value, to: &bytes)
        }
    }

    /// One line `name:value`; blanks around the value do not count, those inside do.
    private mutating func append(_ header: (name: ArraySlice<UInt8>, value: String)) {
        bytes.append(contentsOf: header.name)
        bytes.append(UInt8(ascii: ":"))
        let value = header.value.utf8
        if let first = value.firstIndex(where: { !Self.isBlank($0) }),
            let last = value.lastIndex(where: { !Self.isBlank($0) })
        {
            bytes.append(contentsOf: value[first...last])
        }
        bytes.append(Self.newline)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }
}
