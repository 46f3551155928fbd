public import Kernel

/// A place in a bucket: an object, or the folder-like prefix of objects.
///
/// It never holds a part that a file system would read as a way out: no `.`, no `..`, no empty part, no NUL.
public struct ObjectPath: Hashable, Sendable, CustomStringConvertible {
    public let bucket: BucketName
    /// The parts joined by slashes, without a slash at either end; empty for the whole bucket.
    public let key: String
    /// Whether it was written with a slash at the end (or names the whole bucket), so that it means a folder.
    public let isFolder: Bool

    /// Reads `obs://bucket/key`, or `/bucket/key` as ModelArts writes it; `field` is what the caller calls it.
    public init(_ text: String, field: String) throws(Fault) {
        let (scheme, slash) = (Array("obs://".utf8), UInt8(ascii: "/"))
        let bytes = Array(text.utf8)
        let start = bytes.starts(with: scheme) ? scheme.count : 1
        guard start > 1 || bytes.first == slash else {
            throw Fault(
                .invalidParameter,
                "\(Self.shown(text)) is no place in a bucket; write obs://bucket/key or /bucket/key.", field: field)
        }
        // Slashes are looked for among bytes: as a Character, a slash with an accent is no slash.
        let cut = bytes[start...].firstIndex(of: slash) ?? bytes.endIndex
        try self.init(
            bucket: BucketName(String(decoding: bytes[start..<cut], as: UTF8.self), field: field),
            key: String(decoding: bytes[cut...].dropFirst(), as: UTF8.self), field: field)
    }

    /// Takes a bucket and a key (already percent-decoded, where it came from a URL).
    public init(bucket: BucketName, key: String, field: String = "key") throws(Fault) {
        let bytes = Array(key.utf8)
        let isFolder = bytes.last.map { $0 == UInt8(ascii: "/") } ?? true
        let trimmed = bytes.last == UInt8(ascii: "/") ? Array(bytes.dropLast()) : bytes
        let isSlashAlone = trimmed.isEmpty && !bytes.isEmpty
        if let breach = isSlashAlone ? "has an empty part" : Self.breach(trimmed) {
            throw Fault(.invalidParameter, "The key \(Self.shown(key)) \(breach).", field: field)
        }
        self.bucket = bucket
        self.key = String(decoding: trimmed, as: UTF8.self)
        self.isFolder = isFolder
    }

    /// The key's parts; none for the whole bucket.
    public var parts: [String] {
        key.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }

    public var description: String { "obs://\(bucket)/\(key)\(isFolder && !key.isEmpty ? "/" : "")" }

    /// What is wrong with a key, nil where nothing is.
    private static func breach(_ bytes: [UInt8]) -> String? {
        guard !bytes.isEmpty else { return nil }
        guard bytes.count <= Limits.objectKeyBytes else { return "has more than \(Limits.objectKeyBytes) bytes" }
        guard !bytes.contains(0) else { return "has a NUL character" }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for part in parts {
            if part.isEmpty { return "has an empty part; write single slashes, and none at its start" }
            if part.elementsEqual(".".utf8) || part.elementsEqual("..".utf8) { return "has a part . or .." }
            if part.count > Limits.objectKeyPartBytes {
                return "has a part of more than \(Limits.objectKeyPartBytes) bytes between slashes"
            }
        }
        return nil
    }

    /// The front of a key without control characters, fit for a message.
    private static func shown(_ key: String) -> String {
        String(String.UnicodeScalarView(key.unicodeScalars.prefix(64).map { $0.value < 32 ? "?" : $0 }))
    }
}
