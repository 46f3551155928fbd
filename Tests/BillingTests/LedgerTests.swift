import Billing
import Kernel
import Ledger
import Metering
import Money
import TestKit
import Testing

/// Law 4, and how a purse pays.
@Suite struct LedgerTests {
    static func amount(_ text: String) -> Amount { Amount(text) ?? Amount(units: .max) }

    static func wallet(
        cash: String, limit: String = "0", drawn: String = "0", arrears: String = "0", held: String = "0"
    ) -> Wallet {
        Wallet(
            cash: amount(cash), creditLimit: amount(limit), creditDrawn: amount(drawn), arrears: amount(arrears),
            held: amount(held))
    }

    @Test func cashThenCreditThenArrears() {
        let split = Self.wallet(cash: "1", limit: "2", drawn: "0.5").paying(Self.amount("4"))
        #expect(split == WalletSplit(cash: Self.amount("1"), credit: Self.amount("1.5"), arrears: Self.amount("1.5")))
    }

    @Test func debtsAreCollectedFirst() {
        let split = Self.wallet(cash: "0", limit: "2", drawn: "2", arrears: "0.25").receiving(Self.amount("3"))
        #expect(split == WalletSplit(cash: Self.amount("0.75"), credit: Self.amount("2"), arrears: Self.amount("0.25")))
    }

    @Test func aFeeGivenBackPaysDebtsFirst() {
        let split = Self.wallet(cash: "0", limit: "1", drawn: "1", arrears: "0.5").paying(Self.amount("-0.75"))
        #expect(split == WalletSplit(cash: .zero, credit: Self.amount("-0.25"), arrears: Self.amount("-0.5")))
    }

    /// Law 9 in its simple form: what is reserved cannot be reserved again.
    @Test func whatIsHeldIsNotAvailable() {
        let wallet = Self.wallet(cash: "1", limit: "0.5", held: "1")
        #expect(wallet.available == Self.amount("0.5"))
        #expect(throws: Never.self) { try wallet.requireRoom(for: Self.amount("0.5"), currency: .usDollar) }
        let refused = #expect(throws: Fault.self) {
            try wallet.requireRoom(for: Self.amount("0.50000001"), currency: .usDollar)
        }
        #expect(refused?.code == .insufficientBalance)
    }

    @Test func nothingStartsInArrears() {
        let wallet = Self.wallet(cash: "0", limit: "10", arrears: "0.00000001")
        #expect(throws: Fault.self) { try wallet.requireRoom(for: .zero, currency: .usDollar) }
    }

    @Test func unbalancedPostingIsRefused() {
        let account = LedgerAccount(owner: "a", kind: .cash, currency: .usDollar)
        #expect(throws: Fault.self) {
            try Posting(
                id: PostingID("1"), at: Instant(milliseconds: 0), kind: .topUp, reference: "x",
                entries: [Entry(account: account, amount: Self.amount("1"))])
        }
    }

    @Test func currenciesDoNotBalanceEachOther() {
        let entries = [
            Entry(account: LedgerAccount(owner: "a", kind: .cash, currency: .usDollar), amount: Self.amount("1")),
            Entry(account: LedgerAccount(owner: "a", kind: .funding, currency: .euro), amount: Self.amount("-1")),
        ]
        #expect(throws: Fault.self) {
            try Posting(
                id: PostingID("1"), at: Instant(milliseconds: 0), kind: .topUp, reference: "x", entries: entries)
        }
    }

    /// Any sequence of fees, refunds and top-ups: postings balance, and purse and books agree after each.
    @Test(arguments: [UInt64(21), 22, 23])
    func booksAndPurseAgree(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var balances: [LedgerAccount: Amount] = [:]
        func balance(_ kind: LedgerAccount.Kind) -> Amount {
            balances[LedgerAccount(owner: "a", kind: kind, currency: .usDollar)] ?? .zero
        }
        for step in 0..<5_000 {
            let wallet = Wallet(
                cash: balance(.cash), creditLimit: Self.amount("50"), creditDrawn: -balance(.credit),
                arrears: -balance(.arrears), held: .zero)
            let amount = Amount(units: Int128(Int64.random(in: -2_000_000_000...4_000_000_000, using: &random)))
            let worth = wallet.cash - wallet.creditDrawn - wallet.arrears
            let isTopUp = amount > .zero && Bool.random(using: &random)
            let posting =
                try isTopUp
                ? Posting.topUp(
                    id: PostingID("\(step)"), at: Instant(milliseconds: 0), reference: "r", owner: "a",
                    currency: .usDollar, split: wallet.receiving(amount))
                : Posting.rounding(
                    id: PostingID("\(step)"), at: Instant(milliseconds: 0), reference: "r", owner: "a",
                    currency: .usDollar, split: wallet.paying(amount))
            for entry in posting.entries { balances[entry.account, default: .zero] += entry.amount }
            let after = balance(.cash) + balance(.credit) + balance(.arrears)
            let owedOutOfOrder = balance(.arrears) < .zero && balance(.cash) > .zero
            guard after == worth + (isTopUp ? amount : -amount), balance(.credit) >= -Self.amount("50"),
                balance(.credit) <= .zero, balance(.arrears) <= .zero, !owedOutOfOrder
            else {
                Issue.record("seed \(seed), step \(step): \(balances)")
                return
            }
        }
        #expect(balances.values.reduce(Amount.zero, +) == .zero)
    }
}
