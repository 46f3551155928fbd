import Billing
import GRDB
import Identity
import Kernel
import Ledger
import Money
import Platform
import Pricing

extension SQLiteTransaction {
    private static let figures = [
        "lines", "seconds", "list", "discount", "truncated", "due", "paid_cash", "paid_credit", "paid_arrears",
    ]
    private static let columns = figures.joined(separator: ", ")

    func append(_ lines: [BillLine]) throws {
        for line in lines { try append(line) }
        let sums = Dictionary(grouping: lines) { [$0.account.text, $0.cycle, $0.product.text] }
        for (key, lines) in sums.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            try move(key, by: lines)
        }
    }

    /// A sum beyond 64 bits is no integer any more, which the table refuses.
    private func move(_ key: [String], by lines: [BillLine]) throws {
        let changes = Self.figures.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", ")
        let sql = """
            INSERT INTO bill_sums (account, cycle, product, \(Self.columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (account, cycle, product) DO UPDATE SET \(changes)
            """
        var amounts = Array(repeating: Amount.zero, count: 7)
        for line in lines {
            amounts[0] += line.list
            amounts[1] += line.discount
            amounts[2] += line.truncated
            amounts[3] += line.due
            amounts[4] += line.paid.cash
            amounts[5] += line.paid.credit
            amounts[6] += line.paid.arrears
        }
        try database.run(sql) { binder in
            for text in key { binder.add(text) }
            binder.add(Int64(lines.count))
            binder.add(lines.reduce(0) { $0 + $1.seconds })
            for amount in amounts { binder.add(try amount.stored()) }
        }
    }

    func billSums(account: AccountID, cycle: String) throws -> [BillSum] {
        try rows(
            "SELECT product, \(Self.columns) FROM bill_sums WHERE account = ? AND cycle = ? ORDER BY product",
            [account.text, cycle]
        ) { row in
            BillSum(
                product: row[0], lines: row[1], seconds: row[2], list: row.amount(3), discount: row.amount(4),
                truncated: row.amount(5), due: row.amount(6), cash: row.amount(7), credit: row.amount(8),
                arrears: row.amount(9))
        }
    }

    func wrongBillSum() throws -> WrongBillSum? {
        let differences = Self.figures.map { "s.\($0) <> l.\($0)" }.joined(separator: " OR ")
        let sums = Self.figures.dropFirst().map { "SUM(\($0)) AS \($0)" }.joined(separator: ", ")
        return try row(
            """
            SELECT COALESCE(s.account, l.account), COALESCE(s.cycle, l.cycle), COALESCE(s.product, l.product)
            FROM bill_sums AS s FULL JOIN (
                SELECT account, cycle, product, COUNT(*) AS lines, \(sums)
                FROM bill_lines GROUP BY account, cycle, product
            ) AS l ON s.account = l.account AND s.cycle = l.cycle AND s.product = l.product
            WHERE s.lines IS NULL OR l.lines IS NULL OR \(differences) ORDER BY 1, 2, 3 LIMIT 1
            """
        ) { row in WrongBillSum(account: row.identifier(0), cycle: row[1], product: row.identifier(2)) }
    }
}
