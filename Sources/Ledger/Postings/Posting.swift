public import Kernel
public import Money

/// Something that moved money: entries that sum to zero in every currency (law 4); never changed.
public struct Posting: Hashable, Sendable {
    public let id: PostingID
    public let at: Instant
    public let kind: Kind
    /// What it was for: a bill line's id, or `settlement:…`, `top-up:…`, `coupon:…`, `package:…`, `cycle:…`.
    public let reference: String
    public let entries: [Entry]

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case topUp = "top-up"
        case charge
        case rounding
    }

    /// Takes a posting; entries of zero are left out.
    ///
    /// - Throws: `internalFault` where the entries do not sum to zero: such a posting is a mistake of
    ///   the program that made it.
    public init(id: PostingID, at: Instant, kind: Kind, reference: String, entries: [Entry]) throws(Fault) {
        let moving = entries.filter { $0.amount != .zero }
        var sums: [Currency: Amount] = [:]
        for entry in moving { sums[entry.account.currency, default: .zero] += entry.amount }
        guard sums.values.allSatisfy({ $0 == .zero }) else {
            throw Fault(.internalFault, "The entries of posting \(reference) do not sum to zero.")
        }
        self.id = id
        self.at = at
        self.kind = kind
        self.reference = reference
        self.entries = moving
    }
}

public typealias PostingID = Identifier<Posting>

extension Posting {
    /// Money put in: debts are collected as the split says, the rest is cash.
    public static func topUp(
        id: PostingID, at: Instant, reference: String, owner: String, currency: Currency, split: WalletSplit
    ) throws(Fault) -> Posting {
        try Posting(
            id: id, at: at, kind: .topUp, reference: reference,
            entries: split.entries(owner: owner, currency: currency, sign: 1) + [
                Entry(
                    account: LedgerAccount(owner: owner, kind: .funding, currency: currency), amount: -split.total)
            ])
    }

    /// A coupon that is granted: money that may be spent within its bounds only.
    public static func grant(
        of coupon: Coupon, id: PostingID, at: Instant, owner: String, currency: Currency
    ) throws(Fault) -> Posting {
        try Posting(
            id: id, at: at, kind: .topUp, reference: reference(to: coupon.id),
            entries: [
                Entry(
                    account: LedgerAccount(owner: coupon.id.text, kind: .coupon, currency: currency),
                    amount: coupon.remaining),
                Entry(
                    account: LedgerAccount(owner: owner, kind: .funding, currency: currency),
                    amount: -coupon.remaining),
            ])
    }

    /// Something that is bought at once, such as a package.
    ///
    /// - Parameter order: what was bought, `package:…`.
    public static func purchase(
        id: PostingID, at: Instant, order: String, owner: String, currency: Currency, split: WalletSplit
    ) throws(Fault) -> Posting {
        try Posting(
            id: id, at: at, kind: .charge, reference: order,
            entries: split.entries(owner: owner, currency: currency, sign: -1) + [
                Entry(account: LedgerAccount(owner: owner, kind: .revenue, currency: currency), amount: split.total)
            ])
    }

    /// How the posting that grants a coupon refers to it.
    public static func reference(to coupon: CouponID) -> String { "coupon:" + coupon.text }

    /// How the posting that pays a package refers to it.
    public static func reference(toPackage id: String) -> String { packages + id }

    /// Whether it pays for a package, and so charges no line.
    public var isPurchase: Bool { kind == .charge && reference.hasPrefix(Self.packages) }

    private static let packages = "package:"

    /// What a month's rounding moved; a negative split gives back.
    public static func rounding(
        id: PostingID, at: Instant, reference: String, owner: String, currency: Currency, split: WalletSplit
    ) throws(Fault) -> Posting {
        try Posting(
            id: id, at: at, kind: .rounding, reference: reference,
            entries: split.entries(owner: owner, currency: currency, sign: -1) + [
                Entry(
                    account: LedgerAccount(owner: owner, kind: .rounding, currency: currency), amount: split.total)
            ])
    }
}
