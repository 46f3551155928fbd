import Billing
import GRDB
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Pricing
import Rating

extension SQLiteTransaction {
    private static let columns = """
        id, account, project, resource, resource_name, segment, product, flavor, quantity, hour, used_from, used_until,
        seconds, unit_price, price_version, list, discount, truncated, due, dropped_numerator, dropped_denominator,
        kind, cycle, billed_at, paid_cash, paid_credit, paid_arrears, counted, discount_name, settlement, packages,
        coupons, paid_coupon
        """

    private static let insertion = """
        INSERT INTO bill_lines (\(columns)) VALUES (\(Array(repeating: "?", count: 33).joined(separator: ", ")))
        """

    func append(_ line: BillLine) throws {
        try database.run(Self.insertion) { binder in
            binder.add(line.id.text)
            binder.add(line.account.text)
            binder.add(line.project.text)
            binder.add(line.resource.text)
            binder.add(line.resourceName)
            binder.add(line.segment.text)
            binder.add(line.product.text)
            binder.add(line.flavor.text)
            binder.add(line.quantity)
            binder.add(line.hour.value)
            binder.add(line.from.value)
            binder.add(line.until.value)
            binder.add(line.seconds)
            binder.add(try line.unitPrice.map { try stored($0.units) })
            binder.add(line.priceVersion)
            for amount in [line.list, line.discount, line.truncated, line.due] { binder.add(try amount.stored()) }
            binder.add(try stored(line.dropped.numerator))
            binder.add(try stored(line.dropped.denominator))
            binder.add(line.kind.rawValue)
            binder.add(line.cycle)
            binder.add(line.billedAt.milliseconds)
            for amount in [line.paid.cash, line.paid.credit, line.paid.arrears] { binder.add(try amount.stored()) }
            binder.add(try stored(line.counted.units))
            binder.add(line.discountName)
            binder.add(line.settlement?.text)
            binder.add(line.packages.isEmpty ? nil : line.packages.text)
            binder.add(line.coupons.isEmpty ? nil : line.coupons.text)
            binder.add(try line.coupons.total.stored())
        }
    }

    func billLine(_ id: BillLineID) throws -> BillLine? {
        try row("SELECT \(Self.columns) FROM bill_lines WHERE id = ?", [id.text], line(of:))
    }

    func billLines(after number: Int64, limit: Int) throws -> [(number: Int64, line: BillLine)] {
        try rows(
            "SELECT \(Self.columns), number FROM bill_lines WHERE number > ? ORDER BY number LIMIT ?", [number, limit]
        ) { row in (row[33], try line(of: row)) }
    }

    func billLineCount() throws -> Int64 { try number("SELECT COUNT(*) FROM bill_lines") }

    func billLines(of metered: MeteredSegment, hour: Second) throws -> [BillLine] {
        try rows(
            """
            SELECT \(Self.columns) FROM bill_lines
            WHERE account = ? AND resource = ? AND hour = ? AND segment = ? ORDER BY number
            """, [metered.account.text, metered.segment.resource.text, hour.value, metered.segment.id.text],
            line(of:))
    }

    func billLines(of settlement: PostingID) throws -> [BillLine] {
        try rows(
            "SELECT \(Self.columns) FROM bill_lines WHERE settlement = ? ORDER BY number", [settlement.text],
            line(of:))
    }

    func billLines(
        account: AccountID, product: ProductID, flavor: FlavorID, hours: Range<Second>
    ) throws -> [BillLine] {
        try rows(
            """
            SELECT \(Self.columns) FROM bill_lines
            WHERE account = ? AND product = ? AND flavor = ? AND hour >= ? AND hour < ? ORDER BY number
            """, [account.text, product.text, flavor.text, hours.lowerBound.value, hours.upperBound.value],
            line(of:))
    }

    func countedSum(of use: AccountUse, hours: Range<Second>) throws -> Quantity {
        let units = try number(
            """
            SELECT COALESCE(SUM(counted), 0) FROM bill_lines
            WHERE account = ? AND product = ? AND flavor = ? AND hour >= ? AND hour < ?
            """,
            [
                use.account.text, use.product.text, use.flavor.text, hours.lowerBound.value, hours.upperBound.value,
            ])
        return Quantity(units: Int128(units))
    }

    func billLines(of resource: ResourceID, account: AccountID) throws -> [BillLine] {
        try rows(
            """
            SELECT \(Self.columns) FROM bill_lines WHERE account = ? AND resource = ?
            ORDER BY hour, number
            """, [account.text, resource.text], line(of:))
    }

    func billLines(_ query: BillLineQuery) throws -> Page<BillLine> {
        var conditions = ["account = ?"]
        var values: [(any DatabaseValueConvertible)?] = [query.account.text]
        func narrow(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            conditions.append(condition)
            values.append(value)
        }
        if let cycle = query.cycle { narrow("cycle = ?", cycle) }
        if let resource = query.resource { narrow("resource = ?", resource.text) }
        if let project = query.project { narrow("project = ?", project.text) }
        if let hours = query.hours {
            narrow("hour >= ?", hours.lowerBound.value)
            narrow("hour < ?", hours.upperBound.value)
        }
        if !query.includesZero { conditions.append("due <> 0") }
        let filter = conditions.joined(separator: " AND ")
        let total = try number("SELECT COUNT(*) FROM bill_lines WHERE \(filter)", values)
        let lines = try rows(
            """
            SELECT \(Self.columns) FROM bill_lines WHERE \(filter)
            ORDER BY hour DESC, number DESC LIMIT ? OFFSET ?
            """, values + [query.page.limit, query.page.offset], line(of:))
        return Page(items: lines, total: Int(total))
    }

    func billLines(
        coveredBy package: ResourcePackageID?, of account: AccountID, hours: Range<Second>, page: PageRequest
    ) throws -> Page<BillLine> {
        var filter = "account = ? AND packages IS NOT NULL AND hour >= ? AND hour < ?"
        var values: [(any DatabaseValueConvertible)?] = [
            account.text, hours.lowerBound.value, hours.upperBound.value,
        ]
        if let package {
            // Ids are hexadecimal, so a mark of LIKE never stands in one that exists.
            filter += " AND ',' || packages LIKE ?"
            values.append("%,\(package.text):%")
        }
        let total = try number("SELECT COUNT(*) FROM bill_lines WHERE \(filter)", values)
        let lines = try rows(
            "SELECT \(Self.columns) FROM bill_lines WHERE \(filter) ORDER BY hour DESC, number DESC LIMIT ? OFFSET ?",
            values + [page.limit, page.offset], line(of:))
        return Page(items: lines, total: Int(total))
    }

    private func stored(_ number: Int128) throws(Fault) -> Int64 {
        guard let value = Int64(exactly: number) else {
            throw Fault(.invalidParameter, "The number \(number) is too large to be kept.")
        }
        return value
    }

    private func line(of row: Row) throws -> BillLine {
        try BillLine(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), resource: row.identifier(3),
            resourceName: row[4], segment: row.identifier(5), product: row.identifier(6), flavor: row.identifier(7),
            quantity: row[8], hour: row.second(9), from: row.second(10), until: row.second(11), seconds: row[12],
            counted: Quantity(units: Int128(row[27] as Int64)),
            unitPrice: (row[13] as Int64?).map { UnitPrice(units: Int128($0)) }, discountName: row[28],
            priceVersion: row[14], list: row.amount(15), discount: row.amount(16), truncated: row.amount(17),
            due: row.amount(18),
            dropped: Fraction(
                numerator: Int128(row[19] as Int64), denominator: Int128(row[20] as Int64)),
            kind: try row.word(21), cycle: row[22], billedAt: row.instant(23),
            paid: WalletSplit(cash: row.amount(24), credit: row.amount(25), arrears: row.amount(26)),
            coupons: try coupons(row[31]), packages: try packages(row[30]),
            settlement: (row[29] as String?).map { PostingID($0) })
    }

    private func packages(_ text: String?) throws -> [PackagePart] {
        guard let text else { return [] }
        guard let parts = [PackagePart](text: text) else {
            throw Fault(.internalFault, "The database holds \(text), which are no parts of packages.")
        }
        return parts
    }

    private func coupons(_ text: String?) throws -> [CouponPart] {
        guard let text else { return [] }
        guard let parts = [CouponPart](text: text) else {
            throw Fault(.internalFault, "The database holds \(text), which are no parts of coupons.")
        }
        return parts
    }
}
