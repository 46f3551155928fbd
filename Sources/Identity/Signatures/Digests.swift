/// The two hash functions that signatures need; an adapter brings them, so that the rules stay free of libraries.
public protocol Digests: Sendable {
    /// The 32 bytes of SHA-256.
    func sha256(_ bytes: [UInt8]) -> [UInt8]
    /// The 32 bytes of HMAC with SHA-256.
    func hmacSHA256(key: [UInt8], message: [UInt8]) -> [UInt8]
    /// The first 128 bits of SHA-256: enough to tell things apart for ever.
    func fingerprint(_ bytes: UnsafeRawBufferPointer) -> UInt128
}
