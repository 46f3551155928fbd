public import Kernel

/// A customer: it owns projects and users and pays for what they use. Huawei Cloud's wire calls it a *domain*.
public struct Account: Hashable, Sendable {
    /// 32 hexadecimal digits; the wire's `domain_id`.
    public let id: AccountID
    public let name: String

    public init(id: AccountID, name: String) {
        self.id = id
        self.name = name
    }
}

public typealias AccountID = Identifier<Account>
