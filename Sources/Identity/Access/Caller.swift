public import Kernel

/// Who asks: known from a signature or a token before a use case runs.
public struct Caller: Hashable, Sendable {
    public let account: AccountID
    public let user: UserID
    public let role: Role
    /// The one project the credentials are good for; nil for every project of the account.
    public let project: ProjectID?
    /// The id the answer and the log carry.
    public let requestID: String

    public init(account: AccountID, user: UserID, role: Role, project: ProjectID? = nil, requestID: String) {
        self.account = account
        self.user = user
        self.role = role
        self.project = project
        self.requestID = requestID
    }

    /// A caller with a user's identity.
    public init(_ user: User, project: ProjectID? = nil, requestID: String) {
        self.init(account: user.account, user: user.id, role: user.role, project: project, requestID: requestID)
    }

    /// Whether the caller may do this to what lies in a scope (law 10: yours only).
    ///
    /// Only `operate` reaches beyond the caller's account: an operator tops up others but does not read their work.
    public func may(_ permission: Permission, in scope: Scope) -> Bool {
        role.allows(permission) && owns(scope, for: permission)
    }

    /// Refuses what the caller may not do, and says why.
    public func require(_ permission: Permission, in scope: Scope) throws(Fault) {
        if !owns(scope, for: permission) {
            throw scope.project.map(Scope.foreign)
                ?? Fault(.forbidden, "The account \(scope.account) is not yours.")
        }
        if !role.allows(permission) {
            throw Fault(.forbidden, "A user with the role \(role.rawValue) may not \(permission.rawValue) here.")
        }
    }

    private func owns(_ scope: Scope, for permission: Permission) -> Bool {
        if permission == .operate && role == .operator { return true }
        guard scope.account == account else { return false }
        return project == nil || scope.project == nil || scope.project == project
    }
}
