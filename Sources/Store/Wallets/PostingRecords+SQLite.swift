import GRDB
import Identity
import Kernel
import Ledger
import Money
import Platform

extension SQLiteTransaction {
    func append(_ posting: Posting) throws {
        try execute(
            "INSERT INTO postings (id, posted_at, kind, reference) VALUES (?, ?, ?, ?)",
            [posting.id.text, posting.at.milliseconds, posting.kind.rawValue, posting.reference])
        for (place, entry) in posting.entries.enumerated() {
            let account = entry.account
            let amount = try entry.amount.stored()
            try execute(
                "INSERT INTO entries (posting, place, owner, kind, currency, amount) VALUES (?, ?, ?, ?, ?, ?)",
                [posting.id.text, place, account.owner, account.kind.rawValue, account.currency.code, amount])
            let moved = try (balance(account) + entry.amount).stored()
            try execute(
                """
                INSERT INTO balances (owner, kind, currency, amount) VALUES (?, ?, ?, ?)
                ON CONFLICT (owner, kind, currency) DO UPDATE SET amount = excluded.amount
                """, [account.owner, account.kind.rawValue, account.currency.code, moved])
        }
    }

    func balance(_ account: LedgerAccount) throws -> Amount {
        Amount(
            stored: try number(
                "SELECT amount FROM balances WHERE owner = ? AND kind = ? AND currency = ?",
                [account.owner, account.kind.rawValue, account.currency.code]))
    }

    func postings(reference: String) throws -> [Posting] {
        let heads = try rows(
            "SELECT id, posted_at, kind, reference FROM postings WHERE reference = ? ORDER BY number", [reference]
        ) { row in
            let kind: Posting.Kind = try row.word(2)
            return (id: row.identifier(0) as PostingID, at: row.instant(1), kind: kind)
        }
        return try heads.map { head in
            try Posting(
                id: head.id, at: head.at, kind: head.kind, reference: reference, entries: try entries(of: head.id))
        }
    }

    private func entries(of posting: PostingID) throws -> [Entry] {
        try rows(
            "SELECT owner, kind, currency, amount FROM entries WHERE posting = ? ORDER BY place", [posting.text]
        ) { row in Entry(account: try row.ledgerAccount(), amount: row.amount(3)) }
    }

    func recomputedBalances() throws -> [LedgerAccount: Amount] {
        try balances("SELECT owner, kind, currency, SUM(amount) FROM entries GROUP BY owner, kind, currency")
    }

    func storedBalances() throws -> [LedgerAccount: Amount] {
        try balances("SELECT owner, kind, currency, amount FROM balances")
    }

    private func balances(_ sql: String) throws -> [LedgerAccount: Amount] {
        let found = try rows(sql) { row in (try row.ledgerAccount(), row.amount(3)) }
        return Dictionary(uniqueKeysWithValues: found)
    }
}

extension Row {
    /// Owner, kind and currency in the first three columns.
    fileprivate func ledgerAccount() throws(Fault) -> LedgerAccount {
        LedgerAccount(owner: self[0], kind: try word(1), currency: try currency(2))
    }
}
