import Identity
import Kernel
import Ledger
import Money
import Platform
import TestKit
import Testing

@Suite struct WalletRecordsContract {
    @Test(arguments: StoreKind.allCases) func termsAreKeptAndReplaced(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let first = BillingTerms(
            account: Sample.account.id, book: "default", currency: .usDollar, creditLimit: Amount(units: 5))
        let later = BillingTerms(
            account: Sample.account.id, book: "china", currency: .renminbi, creditLimit: Amount(units: 9))
        #expect(try await test.store.read { try $0.billingTerms(Sample.account.id) } == nil)
        await #expect(throws: Fault.self) { try await test.store.write { try $0.update(first) } }
        try await test.store.write { try $0.insert(first) }
        #expect(try await test.store.read { try $0.billingTerms(Sample.account.id) } == first)
        try await test.store.write { try $0.update(later) }
        #expect(try await test.store.read { try $0.billingTerms(Sample.account.id) } == later)
    }

    @Test(arguments: StoreKind.allCases) func aPostingMovesItsBalances(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let (cash, funding) = (Sample.ledger(.cash), Sample.ledger(.funding))
        let first = try Sample.posting("1", [(cash, 100), (funding, -100)])
        let second = try Sample.posting("2", [(cash, -30), (cash, -1), (funding, 31)])
        let unrelated = try Sample.posting("3", reference: "cycle:1", [(cash, 1), (funding, -1)])
        #expect(try await test.store.read { try $0.balance(cash) } == .zero)
        try await test.store.write { for one in [first, second, unrelated] { try $0.append(one) } }
        try await test.store.read { transaction throws in
            #expect(try transaction.balance(cash).units == 70 && transaction.balance(funding).units == -70)
            #expect(try transaction.balance(Sample.ledger(.cash, .euro)) == .zero)
            #expect(try transaction.postings(reference: "top-up:1") == [first, second])
            #expect(try transaction.postings(reference: "none").isEmpty)
        }
    }

    @Test(arguments: StoreKind.allCases) func aPostingIsKeptOnce(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let posting = try Sample.posting("1", [(Sample.ledger(.cash), 100), (Sample.ledger(.funding), -100)])
        _ = try await test.store.write { try $0.append(posting) }
        let fault = await #expect(throws: Fault.self) { try await test.store.write { try $0.append(posting) } }
        #expect(fault?.code == .conflict)
        #expect(try await test.store.read { try $0.balance(Sample.ledger(.cash)) }.units == 100)
    }

    /// An amount is kept exactly to the last unit of 64 bits; beyond, nothing is kept at all.
    @Test(arguments: StoreKind.allCases) func greatAmountsAreExactOrRefused(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let (cash, funding) = (Sample.ledger(.cash), Sample.ledger(.funding))
        let greatest = Int128(Int64.max)
        let full = try Sample.posting("1", [(cash, greatest), (funding, -greatest)])
        _ = try await test.store.write { try $0.append(full) }
        #expect(try await test.store.read { try $0.balance(cash) }.units == greatest)
        for amount in [1, greatest + 1, Int128.max / 2] {
            let more = try Sample.posting("more-\(amount)", [(cash, amount), (funding, -amount)])
            await #expect(throws: Fault.self) { try await test.store.write { try $0.append(more) } }
        }
        try await test.store.read { transaction throws in
            #expect(
                try transaction.storedBalances() == [cash: full.entries[0].amount, funding: full.entries[1].amount])
            #expect(try transaction.recomputedBalances() == transaction.storedBalances())
        }
    }

    /// Law 4: balances are what the postings add up to, whatever is posted and whatever fails in between.
    @Test(arguments: StoreKind.allCases, [1, 2, 3] as [UInt64])
    func balancesAreWhatThePostingsGive(kind: StoreKind, seed: UInt64) async throws {
        let test = try await TestStore.populated(kind)
        var random = SeededGenerator(seed: seed)
        var expected: [LedgerAccount: Amount] = [:]
        for number in 0..<120 {
            let accounts = (0..<Int.random(in: 1...4, using: &random)).compactMap { _ in
                LedgerAccount.Kind.allCases.randomElement(using: &random).map {
                    Sample.ledger($0, owner: Bool.random(using: &random) ? "a" : "b")
                }
            }
            var sides = accounts.map { ($0, Int128(Int64.random(in: -1_000_000...1_000_000, using: &random))) }
            sides.append((Sample.ledger(.revenue, owner: "site"), -sides.reduce(0) { $0 + $1.1 }))
            let posting = try Sample.posting("\(number)", sides)
            let fails = Int.random(in: 0..<5, using: &random) == 0
            if !fails { for entry in posting.entries { expected[entry.account, default: .zero] += entry.amount } }
            _ = try? await test.store.write { transaction throws in
                try transaction.append(posting)
                if fails { throw Fault(.conflict, "taken back") }
            }
        }
        let kept = try await test.store.read { (try $0.storedBalances(), try $0.recomputedBalances()) }
        #expect(kept.0 == expected && kept.1 == expected)
    }

    @Test(arguments: StoreKind.allCases) func holdsAddUpAndGo(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let holds = (1...3).map { number in
            Hold(
                id: HoldID("hold-\(number)"), owner: number == 3 ? "b" : "a", amount: Amount(units: Int128(number)),
                reference: "job-\(number)", at: Instant(milliseconds: 9))
        }
        try await test.store.write { for hold in holds { try $0.insert(hold) } }
        #expect(try await test.store.read { try $0.hold(HoldID("hold-2")) } == holds[1])
        #expect(try await test.store.read { try $0.heldAmount(owner: "a") }.units == 3)
        try await test.store.write { try $0.update(hold: HoldID("hold-2"), amount: Amount(units: 40)) }
        #expect(try await test.store.read { try $0.heldAmount(owner: "a") }.units == 41)
        try await test.store.write { try $0.delete(hold: HoldID("hold-1")) }
        try await test.store.read { transaction throws in
            #expect(try transaction.heldAmount(owner: "a").units == 40)
            #expect(try transaction.heldAmount(owner: "b").units == 3)
            #expect(try transaction.heldAmount(owner: "none") == .zero)
            #expect(try transaction.hold(HoldID("hold-1")) == nil)
        }
        let fault = await #expect(throws: Fault.self) { try await test.store.write { try $0.insert(holds[1]) } }
        #expect(fault?.code == .conflict)
    }

    @Test(arguments: StoreKind.allCases) func aHoldIsNeverNegative(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let hold = Hold(
            id: HoldID("hold"), owner: "a", amount: Amount(units: -1), reference: "job", at: Instant(milliseconds: 9))
        await #expect(throws: Fault.self) { try await test.store.write { try $0.insert(hold) } }
    }
}
