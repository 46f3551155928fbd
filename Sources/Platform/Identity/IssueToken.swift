public import Identity
import Kernel

/// Gives a token for a name and a password.
public struct IssueToken: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// Who logs in, to what.
    public struct Input: Sendable {
        /// The account's name or id.
        public let account: String
        public let user: String
        public let password: String
        /// A project's name or id; nil for the whole account.
        public let project: String?

        public init(account: String, user: String, password: String, project: String?) {
            self.account = account
            self.user = user
            self.password = password
            self.project = project
        }
    }

    /// The token's text, told once, and what it stands for.
    public struct Issued: Sendable {
        public let text: String
        public let token: Token
        public let account: Account
        public let user: User
        public let project: Project?
    }

    public func callAsFunction(_ input: Input) async throws -> Issued {
        let (account, user) = try await ports.store.read { transaction -> (Account?, User?) in
            let account = try transaction.accounts().first { $0.name == input.account || $0.id.text == input.account }
            return (account, try account.flatMap { try transaction.user(named: input.user, in: $0.id) })
        }
        // An unknown user costs the same work as a wrong password, so that names cannot be found by timing.
        let isRight = try await ports.secrets.verify(password: input.password, hash: user?.passwordHash ?? "")
        guard let account, let user, isRight else {
            throw Fault(
                .unauthenticated, "The account, the user name or the password is wrong.", field: "auth.identity")
        }
        let project = try await self.project(input.project, of: account)
        let made = ports.secrets.makeToken()
        let token = Token(digest: made.digest, for: user, project: project?.id, issued: ports.hostClock.now())
        try await ports.store.write { try $0.insert(token) }
        return Issued(text: made.text, token: token, account: account, user: user, project: project)
    }

    private func project(_ reference: String?, of account: Account) async throws -> Project? {
        guard let reference else { return nil }
        let projects = try await ports.store.read { try $0.projects(of: account.id) }
        guard let project = projects.first(where: { $0.name == reference || $0.id.text == reference }) else {
            throw Fault(.unauthenticated, "The account has no project \(reference).", field: "auth.scope.project")
        }
        return project
    }
}
