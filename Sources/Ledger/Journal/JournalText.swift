import Kernel
import Money

/// The one text of something that the journal's chain covers: each field with its length before it, so that no two
/// records have the same text.
public struct JournalText: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Adds a field: its bytes' count, a colon, its bytes.
    public mutating func add(_ field: String) {
        bytes.append(contentsOf: String(field.utf8.count).utf8)
        bytes.append(UInt8(ascii: ":"))
        bytes.append(contentsOf: field.utf8)
    }

    /// Adds a posting with all its entries.
    public mutating func add(_ posting: Posting) {
        for field in [posting.id.text, String(posting.at.milliseconds), posting.kind.rawValue, posting.reference] {
            add(field)
        }
        for entry in posting.entries {
            for field in [
                entry.account.owner, entry.account.kind.rawValue, entry.account.currency.code,
                entry.amount.description,
            ] { add(field) }
        }
    }
}

/// A posting and its place in the journal, from 1.
public struct NumberedPosting: Hashable, Sendable {
    public let number: Int64
    public let posting: Posting

    public init(number: Int64, posting: Posting) {
        self.number = number
        self.posting = posting
    }
}

/// A link of the journal's chain: the digest of a posting and of the link before it.
public struct JournalLink: Hashable, Sendable {
    public let number: Int64
    /// 64 hexadecimal digits.
    public let digest: String

    public init(number: Int64, digest: String) {
        self.number = number
        self.digest = digest
    }
}
