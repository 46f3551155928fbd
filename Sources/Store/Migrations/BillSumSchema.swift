/// Step 5: what the lines of an account come to by cycle and product, kept as they are appended, so that a month's sums
/// do not depend on how many lines there are.
enum BillSumSchema {
    static let sql = """
        CREATE TABLE bill_sums (
            account TEXT NOT NULL REFERENCES accounts (id),
            cycle TEXT NOT NULL,
            product TEXT NOT NULL,
            lines INTEGER NOT NULL,
            seconds INTEGER NOT NULL,
            list INTEGER NOT NULL,
            discount INTEGER NOT NULL,
            truncated INTEGER NOT NULL,
            due INTEGER NOT NULL,
            paid_cash INTEGER NOT NULL,
            paid_credit INTEGER NOT NULL,
            paid_arrears INTEGER NOT NULL,
            PRIMARY KEY (account, cycle, product)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO bill_sums
        SELECT account, cycle, product, COUNT(*), SUM(seconds), SUM(list), SUM(discount), SUM(truncated), SUM(due),
            SUM(paid_cash), SUM(paid_credit), SUM(paid_arrears)
        FROM bill_lines GROUP BY account, cycle, product
        """
}
