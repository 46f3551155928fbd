public import Kernel

/// A part of an account in which workloads live; most routes name one.
public struct Project: Hashable, Sendable {
    /// 32 hexadecimal digits.
    public let id: ProjectID
    public let account: AccountID
    /// The first project of an account is named after the region, because the official SDKs look for that name.
    public let name: String

    public init(id: ProjectID, account: AccountID, name: String) {
        self.id = id
        self.account = account
        self.name = name
    }
}

public typealias ProjectID = Identifier<Project>
