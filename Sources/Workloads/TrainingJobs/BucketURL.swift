/// A place in a bucket as ModelArts writes it, `obs://bucket/key` or `/bucket/key`, cut at its slashes.
///
/// It is cut among bytes: as a Character, a slash with an accent is no slash, and `..` could hide behind one.
struct BucketURL {
    /// The bucket, then the parts of the key.
    let parts: [String]

    /// Nil where the text is neither form.
    init?(_ text: String) {
        let (scheme, bytes) = (Array("obs://".utf8), Array(text.utf8))
        if bytes.starts(with: scheme) {
            parts = Self.parts(of: bytes.dropFirst(scheme.count))
        } else if bytes.first == UInt8(ascii: "/") {
            parts = Self.parts(of: bytes.dropFirst())
        } else {
            return nil
        }
    }

    /// The address of a bucket, `https://bucket.obs.REGION.DOMAIN/key`, as `obs://bucket/key`; anything else as it is.
    static func plain(_ text: String) -> String {
        let bytes = Array(text.utf8)
        guard let scheme = ["https://", "http://"].first(where: { bytes.starts(with: $0.utf8) }) else { return text }
        let rest = bytes.dropFirst(scheme.utf8.count)
        let host = rest.prefix { $0 != UInt8(ascii: "/") }
        let mark = Array(".obs.".utf8)
        guard let cut = host.indices.first(where: { host[$0...].starts(with: mark) }) else { return text }
        return "obs://" + String(decoding: host[..<cut], as: UTF8.self)
            + String(decoding: rest.dropFirst(host.count), as: UTF8.self)
    }

    /// What is wrong with a place, nil where nothing is.
    static func breach(of text: String) -> String? {
        guard let url = BucketURL(text) else { return "is no place in a bucket; write obs://bucket/key or /bucket/key" }
        return breach(of: url.parts)
    }

    /// What keeps parts from being a path that stays where it starts, nil where nothing does.
    static func breach(of parts: [String]) -> String? {
        if parts.contains("") { return "has an empty part; write single slashes" }
        if parts.contains(".") || parts.contains("..") { return "has a part . or .." }
        return parts.contains { $0.utf8.contains(0) } ? "has a NUL character" : nil
    }

    /// The parts between slashes; a slash at the end adds none.
    static func parts(of bytes: some Collection<UInt8>) -> [String] {
        var parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if parts.count > 1, parts.last?.isEmpty == true { parts.removeLast() }
        return parts.map { String(decoding: $0, as: UTF8.self) }
    }
}
