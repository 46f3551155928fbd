public import Kernel
public import Money

/// What an account has, owes and holds, at one moment.
public struct Wallet: Hashable, Sendable {
    public let cash: Amount
    /// What may be owed beyond the cash.
    public let creditLimit: Amount
    /// What of the credit is used; not negative.
    public let creditDrawn: Amount
    /// What is owed beyond the credit; not negative.
    public let arrears: Amount
    /// What is reserved for running work.
    public let held: Amount
    /// What metered events come to that no bill shows yet.
    public let unbilled: Amount

    public init(
        cash: Amount, creditLimit: Amount, creditDrawn: Amount, arrears: Amount, held: Amount, unbilled: Amount = .zero
    ) {
        self.cash = cash
        self.creditLimit = creditLimit
        self.creditDrawn = creditDrawn
        self.arrears = arrears
        self.held = held
        self.unbilled = unbilled
    }

    /// What new work may reserve; negative where too much is owed.
    public var available: Amount { cash + (creditLimit - creditDrawn) - arrears - held - unbilled }

    public var isInArrears: Bool { arrears > .zero }

    /// How a fee is paid: cash first, then credit, and the rest is owed; a negative fee is given back the other way.
    public func paying(_ amount: Amount) -> WalletSplit {
        guard amount >= .zero else { return -receiving(-amount) }
        let cash = min(max(self.cash, .zero), amount)
        let credit = min(max(creditLimit - creditDrawn, .zero), amount - cash)
        return WalletSplit(cash: cash, credit: credit, arrears: amount - cash - credit)
    }

    /// How money put in is used: arrears first, then the credit drawn, and the rest is cash.
    public func receiving(_ amount: Amount) -> WalletSplit {
        let arrears = min(self.arrears, amount)
        let credit = min(creditDrawn, amount - arrears)
        return WalletSplit(cash: amount - arrears - credit, credit: credit, arrears: arrears)
    }

    /// The wallet with what no bill shows yet.
    public func less(unbilled: Amount) -> Wallet {
        Wallet(
            cash: cash, creditLimit: creditLimit, creditDrawn: creditDrawn, arrears: arrears, held: held,
            unbilled: unbilled)
    }

    /// The wallet when so much has been paid from it.
    public func after(paying split: WalletSplit) -> Wallet {
        Wallet(
            cash: cash - split.cash, creditLimit: creditLimit, creditDrawn: creditDrawn + split.credit,
            arrears: arrears + split.arrears, held: held, unbilled: unbilled)
    }

    /// Refuses what the wallet cannot cover (law 9).
    ///
    /// - Parameter coupons: what coupons have left that would pay for the same.
    public func requireRoom(for amount: Amount, currency: Currency, coupons: Amount = .zero) throws(Fault) {
        guard isInArrears || available + coupons < amount else { return }
        let state =
            isInArrears
            ? "the account owes \(arrears.text(decimals: 2)) \(currency)"
            : "\(available.text(decimals: 2)) \(currency) are available (cash \(cash.text(decimals: 2)), credit left "
                + "\((creditLimit - creditDrawn).text(decimals: 2)), reserved \(held.text(decimals: 2)))"
                + (coupons > .zero ? " and \(coupons.text(decimals: 2)) in coupons" : "")
        throw Fault(
            .insufficientBalance,
            "The first hour costs \(amount.text(decimals: 2)) \(currency), but \(state); top the account up first.")
    }
}

/// How an amount divides among the parts of a wallet.
public struct WalletSplit: Hashable, Sendable {
    public let cash: Amount
    public let credit: Amount
    public let arrears: Amount

    public init(cash: Amount, credit: Amount, arrears: Amount) {
        self.cash = cash
        self.credit = credit
        self.arrears = arrears
    }

    public static let zero = WalletSplit(cash: .zero, credit: .zero, arrears: .zero)

    public var total: Amount { cash + credit + arrears }

    public static func + (left: Self, right: Self) -> WalletSplit {
        WalletSplit(
            cash: left.cash + right.cash, credit: left.credit + right.credit, arrears: left.arrears + right.arrears)
    }

    public static prefix func - (split: Self) -> WalletSplit {
        WalletSplit(cash: -split.cash, credit: -split.credit, arrears: -split.arrears)
    }

    /// The customer's side of a posting: with sign −1 what is paid, with +1 what is received.
    public func entries(owner: String, currency: Currency, sign: Int) -> [Entry] {
        let parts: [(LedgerAccount.Kind, Amount)] = [(.cash, cash), (.credit, credit), (.arrears, arrears)]
        return parts.map { kind, amount in
            Entry(
                account: LedgerAccount(owner: owner, kind: kind, currency: currency),
                amount: sign < 0 ? -amount : amount)
        }
    }
}
