public import Kernel
public import Money

/// Money set aside for work that runs, so that it cannot be spent twice (law 9).
public struct Hold: Hashable, Sendable {
    public let id: HoldID
    public let owner: String
    public let amount: Amount
    /// What it is for: a job's id.
    public let reference: String
    public let at: Instant

    public init(id: HoldID, owner: String, amount: Amount, reference: String, at: Instant) {
        self.id = id
        self.owner = owner
        self.amount = amount
        self.reference = reference
        self.at = at
    }
}

public typealias HoldID = Identifier<Hold>
