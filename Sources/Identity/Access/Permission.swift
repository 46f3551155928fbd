/// A kind of act, as far as access is concerned.
public enum Permission: String, Hashable, Sendable, CaseIterable {
    /// Look at things; their bills too.
    case read
    /// Make, change and remove workloads and data, and the caller's own access keys.
    case write
    /// Change users, other users' keys, projects and budgets of an account.
    case administer
    /// Top up any account, set credit, move the simulated clock: what the platform's operator does.
    case operate
}

extension Role {
    /// What a role allows within the user's own account.
    public func allows(_ permission: Permission) -> Bool {
        switch permission {
        case .read: true
        case .write: self != .viewer
        case .administer: self == .administrator || self == .operator
        case .operate: self == .operator
        }
    }
}
