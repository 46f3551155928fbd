public import Kernel

/// A pair with which a user's programs sign requests.
public struct AccessKey: Hashable, Sendable {
    /// The public half: 20 upper-case letters and digits.
    public let access: String
    /// The secret half: 40 letters and digits. Kept as it is, because checking a signature needs it.
    public let secret: String
    public let user: UserID
    public let status: Status
    public let description: String
    public let created: Instant

    /// Whether a key may sign; the raw values are the wire's.
    public enum Status: String, Hashable, Sendable { case active, inactive }

    public init(
        access: String, secret: String, user: UserID, status: Status = .active, description: String = "",
        created: Instant
    ) {
        self.access = access
        self.secret = secret
        self.user = user
        self.status = status
        self.description = description
        self.created = created
    }

    /// Refuses a key that may not sign.
    public func requireActive() throws(Fault) {
        if status != .active {
            throw Fault(.invalidSignature, "The access key \(access) is inactive; sign with an active one.")
        }
    }
}
