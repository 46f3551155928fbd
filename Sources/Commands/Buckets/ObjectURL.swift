import Kernel
import Wire

/// `obs://bucket/key` on the command line.
struct ObjectURL {
    let bucket: String
    /// Without a slash in front; empty for the whole bucket.
    let key: String

    /// Nil where the text is a local path.
    init?(_ text: String) throws(Fault) {
        guard text.hasPrefix("obs://") else { return nil }
        let rest = text.dropFirst("obs://".count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        bucket = String(rest[..<slash])
        key = String(rest[slash...].dropFirst())
        guard !bucket.isEmpty else {
            throw Fault(.invalidParameter, "\(text) names no bucket; write obs://bucket/key.")
        }
    }

    /// The same or a fault, where only a place in a bucket will do.
    static func required(_ text: String) throws(Fault) -> ObjectURL {
        guard let url = try ObjectURL(text) else {
            throw Fault(.invalidParameter, "\(text) is no place in a bucket; write obs://bucket/key.")
        }
        return url
    }

    /// An object's path in the API; `more` is put behind the key.
    func path(_ more: String = "") -> String {
        "/atelier/v1/buckets/\(ServerClient.encoded(bucket))/objects/"
            + ServerClient.encoded(key + more, keepsSlashes: true)
    }

    /// Every object whose key begins with the key, page by page.
    func objects(_ server: ServerClient) async throws -> [JSONValue] {
        var found: [JSONValue] = []
        var after: String?
        while true {
            let page = try await server.get(
                "/atelier/v1/buckets/\(ServerClient.encoded(bucket))/objects",
                [("prefix", key), ("after", after), ("limit", "1000")])
            let items = page["items"]?.array ?? []
            found += items
            guard page["truncated"]?.bool == true, let last = items.last?["key"]?.string else { return found }
            after = last
        }
    }
}
