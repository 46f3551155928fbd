public import Identity
public import Kernel

/// Makes a permanent access key for a user; the secret is told once.
public struct CreateAccessKey: Sendable {
    private let ports: Ports

    /// Keys one user may have (IAM allows two; programs need a few more).
    public static let limit = 10

    public init(_ ports: Ports) { self.ports = ports }

    public func callAsFunction(for user: UserID, description: String, caller: Caller) async throws -> AccessKey {
        try caller.require(user == caller.user ? .write : .administer, in: Scope(account: caller.account))
        guard description.count <= Limits.descriptionCharacters else {
            throw Fault(
                .invalidParameter, "The description has at most \(Limits.descriptionCharacters) characters.",
                field: "credential.description")
        }
        let pair = ports.secrets.makeAccessKey()
        let key = AccessKey(
            access: pair.access, secret: pair.secret, user: user, description: description, created: ports.clock.now())
        try await ports.store.write { transaction in
            guard let owner = try transaction.user(user), owner.account == caller.account else {
                throw Fault(.notFound, "There is no user \(user) in your account.", field: "credential.user_id")
            }
            guard try transaction.accessKeys(of: user).count < Self.limit else {
                throw Fault(.quotaExceeded, "The user has \(Self.limit) access keys; that is the most.")
            }
            try transaction.insert(key)
        }
        return key
    }
}
