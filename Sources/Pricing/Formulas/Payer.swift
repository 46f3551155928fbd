/// Who pays for a use: the ids of an account and of one of its projects.
public struct Payer: Hashable, Sendable {
    public let account: String
    public let project: String

    public init(account: String, project: String) {
        self.account = account
        self.project = project
    }

    /// Nobody in particular: only prices for everyone hold.
    public static let anyone = Payer(account: "", project: "")
}

/// Whom a price or a discount is for; the narrower goes before the wider.
public enum PayerScope: Hashable, Sendable {
    case everyone
    case account(String)
    case project(String)

    /// Whether a payer is meant.
    public func includes(_ payer: Payer) -> Bool {
        switch self {
        case .everyone: true
        case .account(let id): id == payer.account
        case .project(let id): id == payer.project
        }
    }

    /// Greater for the narrower.
    var rank: Int {
        switch self {
        case .everyone: 0
        case .account: 1
        case .project: 2
        }
    }

    /// As books and faults write it.
    public var words: String {
        switch self {
        case .everyone: "everyone"
        case .account(let id): "account \(id)"
        case .project(let id): "project \(id)"
        }
    }
}
