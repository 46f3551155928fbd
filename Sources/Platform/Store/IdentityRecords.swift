public import Identity

/// Accounts, projects, users, their keys and tokens.
public protocol IdentityRecords {
    func insert(_ account: Account) throws
    func account(_ id: AccountID) throws -> Account?
    /// Every account, by name.
    func accounts() throws -> [Account]

    func insert(_ project: Project) throws
    func project(_ id: ProjectID) throws -> Project?
    /// The projects of an account, by name.
    func projects(of account: AccountID) throws -> [Project]

    func insert(_ user: User) throws
    func user(_ id: UserID) throws -> User?
    /// The user of a name in an account.
    func user(named name: String, in account: AccountID) throws -> User?
    func users(of account: AccountID) throws -> [User]

    func insert(_ key: AccessKey) throws
    func accessKey(_ access: String) throws -> AccessKey?
    func accessKeys(of user: UserID) throws -> [AccessKey]

    func insert(_ token: Token) throws
    /// The token whose text has this digest.
    func token(digest: String) throws -> Token?
}
