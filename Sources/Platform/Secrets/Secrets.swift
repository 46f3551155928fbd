public import Identity
public import Kernel

/// What knows secrets: hashes passwords, makes keys and tokens.
public protocol SecretKeeper: Sendable {
    /// Hashes for signatures.
    var digests: any Digests { get }
    /// New ids, greater each time.
    var identifiers: any IdentifierSource { get }

    /// A text to keep in place of a password. Slow on purpose; runs on a thread of its own.
    ///
    /// - Throws: `unavailable` where `Limits.waitingPasswords` are waiting already.
    func hashPassword(_ password: String) async throws(Fault) -> String

    /// Whether a password is the one that a hash was made of.
    ///
    /// A hash that cannot be read, such as an empty text for an unknown user, costs the same time and is never right.
    ///
    /// - Throws: `unavailable` where `Limits.waitingPasswords` are waiting already.
    func verify(password: String, hash: String) async throws(Fault) -> Bool

    /// A new access key: 20 upper-case letters and digits, and a secret of 40 letters and digits.
    func makeAccessKey() -> (access: String, secret: String)

    /// A new token's text, safe in headers and addresses, and its digest for the store.
    func makeToken() -> (text: String, digest: String)

    /// The digest that the store finds a token by.
    func digest(ofToken text: String) -> String
}
