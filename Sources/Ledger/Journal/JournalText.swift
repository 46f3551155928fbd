import Kernel
import Money

/// The one text of something that the journal's chain covers: each field with its length before it, so that no two
/// records have the same text.
public struct JournalText: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Adds a field: its bytes' count, a colon, its bytes.
    public mutating func add(_ field: String) {
        var field = field
        field.withUTF8 { field in
            addDigits(of: field.count)
            bytes.append(UInt8(ascii: ":"))
            bytes.append(contentsOf: field)
        }
    }

    /// Adds a number as the field of its digits.
    public mutating func add(_ number: Int64) { add(String(number)) }

    /// Hours write millions of lengths, nearly all of them below a hundred.
    private mutating func addDigits(of count: Int) {
        guard count < 100 else { return bytes.append(contentsOf: String(count).utf8) }
        if count >= 10 { bytes.append(UInt8(ascii: "0") + UInt8(count / 10)) }
        bytes.append(UInt8(ascii: "0") + UInt8(count % 10))
    }

    /// Adds a posting with all its entries.
    public mutating func add(_ posting: Posting) {
        add(posting.id.text)
        add(posting.at.milliseconds)
        add(posting.kind.rawValue)
        add(posting.reference)
        for entry in posting.entries {
            add(entry.account.owner)
            add(entry.account.kind.rawValue)
            add(entry.account.currency.code)
            add(entry.amount.description)
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
