public import Kernel

/// A person or a program that acts for an account.
public struct User: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public let id: UserID
    public let account: AccountID
    /// Unique within the account.
    public let name: String
    /// What a password keeper made of the password, never the password.
    public let passwordHash: String
    public let role: Role

    public init(id: UserID, account: AccountID, name: String, passwordHash: String, role: Role) {
        self.id = id
        self.account = account
        self.name = name
        self.passwordHash = passwordHash
        self.role = role
    }
}

public typealias UserID = Identifier<User>
