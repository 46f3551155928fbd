import Platform

/// Identities as a column holds them: 24 bytes each, key and content.
struct EventIdentityBytes {
    let bytes: [UInt8]

    private static let width = 24

    init(bytes: [UInt8]) { self.bytes = bytes }

    init(_ ids: [EventIdentity]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(ids.count * Self.width)
        for id in ids {
            withUnsafeBytes(of: id.key.bigEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: id.content.bigEndian) { bytes.append(contentsOf: $0) }
        }
        self.bytes = bytes
    }

    var ids: [EventIdentity] {
        bytes.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count - Self.width + 1, by: Self.width).map { place in
                EventIdentity(
                    key: UInt128(bigEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt128.self)),
                    content: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: place + 16, as: UInt64.self)))
            }
        }
    }
}
