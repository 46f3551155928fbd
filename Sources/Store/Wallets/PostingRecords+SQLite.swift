import GRDB
import Identity
import Kernel
import Ledger
import Money
import Platform

extension SQLiteTransaction {
    @discardableResult
    func append(_ posting: Posting) throws -> Int64 {
        try database.run("INSERT INTO postings (id, posted_at, kind, reference) VALUES (?, ?, ?, ?)") { binder in
            binder.add(posting.id.text)
            binder.add(posting.at.milliseconds)
            binder.add(posting.kind.rawValue)
            binder.add(posting.reference)
        }
        let number = database.lastRow
        for (place, entry) in posting.entries.enumerated() { try append(entry, at: Int64(place), of: posting.id) }
        return number
    }

    private func append(_ entry: Entry, at place: Int64, of posting: PostingID) throws {
        let account = entry.account
        let moved = try (balance(account) + entry.amount).stored()
        let sql = "INSERT INTO entries (posting, place, owner, kind, currency, amount) VALUES (?, ?, ?, ?, ?, ?)"
        try database.run(sql) { binder in
            binder.add(posting.text)
            binder.add(place)
            binder.add(account)
            binder.add(try entry.amount.stored())
        }
        let movement = """
            INSERT INTO balances (owner, kind, currency, amount) VALUES (?, ?, ?, ?)
            ON CONFLICT (owner, kind, currency) DO UPDATE SET amount = excluded.amount
            """
        try database.run(movement) { binder in
            binder.add(account)
            binder.add(moved)
        }
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
        try database.run("INSERT INTO journal_chain (number, digest) VALUES (?, ?)") { binder in
            binder.add(link.number)
            binder.add(link.digest)
        }
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

extension Binder {
    /// Owner, kind and currency.
    fileprivate mutating func add(_ account: LedgerAccount) {
        add(account.owner)
        add(account.kind.rawValue)
        add(account.currency.code)
    }
}
