public import Kernel

/// A proof of a past login, good until it expires. The text the caller holds is never kept, only its digest.
public struct Token: Hashable, Sendable {
    /// SHA-256 of the token's text, 64 hexadecimal digits: what the store finds a token by.
    public let digest: String
    public let user: UserID
    public let account: AccountID
    /// The one project the token is good for; nil for the whole account.
    public let project: ProjectID?
    public let issued: Instant
    /// The first moment at which the token is no longer good.
    public let expires: Instant

    public init(
        digest: String, user: UserID, account: AccountID, project: ProjectID?, issued: Instant, expires: Instant
    ) {
        self.digest = digest
        self.user = user
        self.account = account
        self.project = project
        self.issued = issued
        self.expires = expires
    }

    /// A token that lives as long as `Limits.tokenSeconds` from the moment it is issued.
    public init(digest: String, for user: User, project: ProjectID?, issued: Instant) {
        self.init(
            digest: digest, user: user.id, account: user.account, project: project, issued: issued,
            expires: issued.advanced(milliseconds: Limits.tokenSeconds * 1_000))
    }

    /// Refuses a token whose time is over.
    public func requireValid(at now: Instant) throws(Fault) {
        if now >= expires {
            throw Fault(.invalidToken, "The token expired at \(expires.second); ask for a new one.")
        }
    }
}
