public import Identity
public import Kernel
public import Platform

/// The keeper of secrets: swift-crypto for hashes, the operating system for randomness.
public struct SystemSecrets: SecretKeeper {
    public let digests: any Digests = SwiftCryptoDigests()
    public let identifiers: any IdentifierSource
    private let random: SystemRandom
    private let desk = PasswordDesk()

    private static let capitals = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)
    private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

    /// The clock gives identifiers their order.
    public init(clock: any WallClock) {
        let random = SystemRandom()
        self.random = random
        identifiers = TimeOrderedIdentifiers(clock: clock, random: random)
    }

    public func hashPassword(_ password: String) async throws(Fault) -> String {
        let salt = random.bytes(16)
        return try await desk.run { () throws(Fault) in try PasswordHash(password: password, salt: salt).text }
    }

    public func verify(password: String, hash: String) async throws(Fault) -> Bool {
        guard let known = PasswordHash(hash) else {
            // The same work for nothing, so that the time does not tell that there is no such user.
            _ = try await hashPassword(password)
            return false
        }
        return try await desk.run { () throws(Fault) in try known.matches(password) }
    }

    public func makeAccessKey() -> (access: String, secret: String) {
        (random.text(20, of: Self.capitals), random.text(40, of: Self.letters))
    }

    /// 48 of 62 characters: 285 bits.
    public func makeToken() -> (text: String, digest: String) {
        let text = random.text(48, of: Self.letters)
        return (text, digest(ofToken: text))
    }

    public func digest(ofToken text: String) -> String { Hexadecimal.text(digests.sha256(Array(text.utf8))) }
}
