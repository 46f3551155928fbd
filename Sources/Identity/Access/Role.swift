/// What a user is to their account; the raw values are stored and shown.
public enum Role: String, Hashable, Sendable, CaseIterable {
    /// Runs the platform: an administrator who also tops up accounts and moves a simulated clock.
    case `operator`
    /// Runs the account: its users, keys and projects, and everything a member may.
    case administrator
    /// Works: makes and removes workloads.
    case member
    /// Reads only.
    case viewer
}
