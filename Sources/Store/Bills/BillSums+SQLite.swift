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
        "paid_coupon",
    ]
    private static let columns = figures.joined(separator: ", ")

    private static let moveSum = """
        INSERT INTO bill_sums (account, cycle, product, \(columns))
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (account, cycle, product) DO UPDATE SET
            \(figures.map { "\($0) = \($0) + excluded.\($0)" }.joined(separator: ", "))
        """

    func append(_ lines: [BillLine]) throws {
        // Lines that are billed together are of one account, nearly always of one product and cycle.
        var sums: [(of: BillLine, sum: LineSum)] = []
        for line in lines {
            try append(line)
            let place = sums.firstIndex { of, _ in
                of.product == line.product && of.cycle == line.cycle && of.account == line.account
            }
            if place == nil { sums.append((line, LineSum())) }
            sums[place ?? sums.count - 1].sum.add(line)
        }
        for (line, sum) in sums { try move(line, by: sum) }
    }

    /// A sum beyond 64 bits is no integer any more, which the table refuses.
    private func move(_ line: BillLine, by sum: LineSum) throws {
        try database.run(Self.moveSum) { binder in
            for text in [line.account.text, line.cycle, line.product.text] { binder.add(text) }
            binder.add(sum.lines)
            binder.add(sum.seconds)
            for amount in sum.amounts { binder.add(try amount.stored()) }
        }
    }

    func billSums(account: AccountID, cycle: String) throws -> [BillSum] {
        try rows(
            "SELECT product, \(Self.columns) FROM bill_sums WHERE account = ? AND cycle = ? ORDER BY product",
            [account.text, cycle]
        ) { row in
            BillSum(
                product: row[0], lines: row[1], seconds: row[2], list: row.amount(3), discount: row.amount(4),
                truncated: row.amount(5), due: row.amount(6), coupon: row.amount(10), cash: row.amount(7),
                credit: row.amount(8),
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

/// What lines come to, in the order of the table's columns.
private struct LineSum {
    var lines: Int64 = 0
    var seconds: Int64 = 0
    var amounts = Array(repeating: Amount.zero, count: 8)

    mutating func add(_ line: BillLine) {
        lines += 1
        seconds += line.seconds
        amounts[0] += line.list
        amounts[1] += line.discount
        amounts[2] += line.truncated
        amounts[3] += line.due
        amounts[4] += line.paid.cash
        amounts[5] += line.paid.credit
        amounts[6] += line.paid.arrears
        for part in line.coupons { amounts[7] += part.amount }
    }
}
