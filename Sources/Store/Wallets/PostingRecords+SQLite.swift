import GRDB
import Identity
import Kernel
import Ledger
import Money
import Platform

extension SQLiteTransaction {
    @discardableResult
    func append(_ posting: Posting) throws -> Int64 {
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
        return try number("SELECT number FROM postings WHERE id = ?", [posting.id.text])
    }

    func postings(after number: Int64, limit: Int) throws -> [NumberedPosting] {
        let heads = try rows(
            "SELECT number, id, posted_at, kind, reference FROM postings WHERE number > ? ORDER BY number LIMIT ?",
            [number, limit]
        ) { row in
            let kind: Posting.Kind = try row.word(3)
            return (
                number: row[0] as Int64, id: row.identifier(1) as PostingID, at: row.instant(2), kind, row[4] as String
            )
        }
        return try heads.map { head in
            NumberedPosting(
                number: head.number,
                posting: try Posting(
                    id: head.id, at: head.at, kind: head.3, reference: head.4, entries: try entries(of: head.id)))
        }
    }

    func lastLink() throws -> JournalLink? {
        try row("SELECT number, digest FROM journal_chain ORDER BY number DESC LIMIT 1") { row in
            JournalLink(number: row[0], digest: row[1])
        }
    }

    func append(_ link: JournalLink) throws {
        try execute("INSERT INTO journal_chain (number, digest) VALUES (?, ?)", [link.number, link.digest])
    }

    func links(after number: Int64, limit: Int) throws -> [JournalLink] {
        try rows(
            "SELECT number, digest FROM journal_chain WHERE number > ? ORDER BY number LIMIT ?", [number, limit]
        ) { row in JournalLink(number: row[0], digest: row[1]) }
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
