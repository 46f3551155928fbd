public import Identity
public import Kernel

/// Looks up whom and what a caller may see of accounts and projects.
public struct Directory: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// The caller's projects, or those of one name.
    public func projects(named name: String?, caller: Caller) async throws -> [Project] {
        let projects = try await ports.store.read { try $0.projects(of: caller.account) }
        return projects.filter { project in
            (name.map { $0 == project.name } ?? true) && caller.may(.read, in: Scope(project))
        }
    }

    /// A project the caller may use; the same refusal whether it is another's or nobody's.
    public func project(_ id: ProjectID, caller: Caller) async throws -> Project {
        let project = try await ports.store.read { try $0.project(id) }
        guard let project, caller.may(.read, in: Scope(project)) else { throw Scope.foreign(id) }
        return project
    }

    /// The caller's account.
    public func account(caller: Caller) async throws -> Account {
        guard let account = try await ports.store.read({ try $0.account(caller.account) }) else {
            throw Fault(.notFound, "The account \(caller.account) does not exist.")
        }
        return account
    }

    /// Every account of the installation, for its operator.
    public func accounts(caller: Caller) async throws -> [Account] {
        try caller.require(.operate, in: Scope(account: caller.account))
        return try await ports.store.read { try $0.accounts() }
    }
}
