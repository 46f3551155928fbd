import GRDB
import Identity
import Kernel
import Ledger
import Money
import Platform

extension SQLiteTransaction {
    func insert(_ terms: BillingTerms) throws {
        try execute(
            "INSERT INTO billing_terms (account, book, currency, credit_limit) VALUES (?, ?, ?, ?)",
            [terms.account.text, terms.book, terms.currency.code, try terms.creditLimit.stored()])
    }

    func update(_ terms: BillingTerms) throws {
        let changed = try execute(
            "UPDATE billing_terms SET book = ?, currency = ?, credit_limit = ? WHERE account = ?",
            [terms.book, terms.currency.code, try terms.creditLimit.stored(), terms.account.text])
        guard changed == 1 else { throw Fault(.internalFault, "Account \(terms.account) has no billing terms yet.") }
    }

    func billingTerms(_ account: AccountID) throws -> BillingTerms? {
        try row(
            "SELECT account, book, currency, credit_limit FROM billing_terms WHERE account = ?", [account.text]
        ) { row in
            BillingTerms(
                account: row.identifier(0), book: row[1], currency: try row.currency(2), creditLimit: row.amount(3))
        }
    }

    func insert(_ hold: Hold) throws {
        try execute(
            "INSERT INTO holds (id, owner, amount, reference, held_at) VALUES (?, ?, ?, ?, ?)",
            [hold.id.text, hold.owner, try hold.amount.stored(), hold.reference, hold.at.milliseconds])
    }

    func update(hold: HoldID, amount: Amount) throws {
        try execute("UPDATE holds SET amount = ? WHERE id = ?", [try amount.stored(), hold.text])
    }

    func delete(hold: HoldID) throws { try execute("DELETE FROM holds WHERE id = ?", [hold.text]) }

    func hold(_ id: HoldID) throws -> Hold? {
        try row("SELECT id, owner, amount, reference, held_at FROM holds WHERE id = ?", [id.text]) { row in
            Hold(id: row.identifier(0), owner: row[1], amount: row.amount(2), reference: row[3], at: row.instant(4))
        }
    }

    func heldAmount(owner: String) throws -> Amount {
        Amount(stored: try number("SELECT COALESCE(SUM(amount), 0) FROM holds WHERE owner = ?", [owner]))
    }
}

extension Row {
    func currency(_ index: Int) throws(Fault) -> Currency {
        let code = self[index] as String
        guard let currency = Currency(code) else {
            throw Fault(.internalFault, "The database holds \(code), which is no currency.")
        }
        return currency
    }
}
