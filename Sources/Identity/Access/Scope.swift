public import Kernel

/// Whose a thing is: an account's, and within it a project's unless it belongs to the account as a whole.
public struct Scope: Hashable, Sendable {
    public let account: AccountID
    public let project: ProjectID?

    public init(account: AccountID, project: ProjectID? = nil) {
        self.account = account
        self.project = project
    }

    public init(_ project: Project) { self.init(account: project.account, project: project.id) }

    /// The fault for a project that is not the caller's.
    ///
    /// It reads the same whether the project is someone else's or nobody's, so it does not tell which ids exist.
    public static func foreign(_ project: ProjectID) -> Fault {
        Fault(.forbidden, "The project \(project) is not one that you may use.", field: "project_id")
    }
}
