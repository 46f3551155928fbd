import GRDB
import Identity
import Kernel
import Ledger
import Money
import Platform
import Pricing
import Rating

extension SQLiteTransaction {
    func benefits() throws -> Benefits {
        try row("SELECT EXISTS (SELECT 1 FROM coupons), EXISTS (SELECT 1 FROM resource_packages)") { row in
            Benefits(hasCoupons: row[0] as Int64 != 0, hasPackages: row[1] as Int64 != 0)
        } ?? Benefits(hasCoupons: false, hasPackages: false)
    }

    func insert(_ owned: OwnedCoupon) throws {
        let coupon = owned.coupon
        try execute(
            """
            INSERT INTO coupons
                (id, account, name, granted, product, valid_from, valid_until, granted_at, idempotency_key)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                coupon.id.text, owned.account.text, owned.name, try owned.granted.stored(), coupon.product,
                coupon.validFrom.value, coupon.validUntil.value, owned.grantedAt.milliseconds, owned.key,
            ])
    }

    func coupons(of account: AccountID?) throws -> [OwnedCoupon] {
        try rows(
            """
            SELECT id, c.account, name, granted, product, valid_from, valid_until, granted_at, idempotency_key,
                COALESCE(b.amount, 0)
            FROM coupons AS c JOIN billing_terms AS t ON t.account = c.account
                LEFT JOIN balances AS b ON b.owner = c.id AND b.kind = 'coupon' AND b.currency = t.currency
            \(account == nil ? "" : "WHERE c.account = ?") ORDER BY c.number
            """, account.map { [$0.text] } ?? []
        ) { row in
            OwnedCoupon(
                account: row.identifier(1), name: row[2],
                coupon: Coupon(
                    id: row.identifier(0), remaining: row.amount(9), product: row[4], validFrom: row.second(5),
                    validUntil: row.second(6)),
                granted: row.amount(3), grantedAt: row.instant(7), key: row[8])
        }
    }

    func insert(_ owned: OwnedPackage) throws {
        let package = owned.package
        guard let size = Int64(exactly: package.size.units) else {
            throw Fault(.invalidParameter, "The size \(package.size) is too large to be kept.", field: "size")
        }
        try execute(
            """
            INSERT INTO resource_packages
                (id, account, name, product, flavor, size, is_monthly, effective_from, expires_at, created_at, price,
                idempotency_key)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                package.id.text, owned.account.text, owned.name, package.product.text, package.flavor?.text, size,
                package.isMonthly ? 1 : 0, package.effectiveFrom.value, package.expiresAt.value,
                package.createdAt.milliseconds, try owned.price.stored(), owned.key,
            ])
    }

    private static let packages = """
        SELECT id, account, name, product, flavor, size, is_monthly, effective_from, expires_at, created_at, price,
            idempotency_key, is_applied
        FROM resource_packages
        """

    func packages(of account: AccountID?) throws -> [OwnedPackage] {
        try rows(
            "\(Self.packages) \(account == nil ? "" : "WHERE account = ?") ORDER BY number",
            account.map { [$0.text] } ?? [], package(of:))
    }

    func newPackages(before end: Second) throws -> [OwnedPackage] {
        try rows(
            "\(Self.packages) WHERE is_applied = 0 AND effective_from < ? ORDER BY number", [end.value], package(of:))
    }

    func applied(_ package: ResourcePackageID) throws {
        try execute("UPDATE resource_packages SET is_applied = 1 WHERE id = ?", [package.text])
    }

    func packageUses(of account: AccountID) throws -> [PackagePeriod: Quantity] {
        let uses = try rows(
            "SELECT package, period, used FROM package_uses WHERE account = ?", [account.text]
        ) { row in
            (
                PackagePeriod(package: row.identifier(0), start: row.second(1)),
                Quantity(units: Int128(row[2] as Int64))
            )
        }
        return Dictionary(uniqueKeysWithValues: uses)
    }

    func add(_ counted: Quantity, to period: PackagePeriod, of account: AccountID) throws {
        guard let units = Int64(exactly: counted.units) else {
            throw Fault(.invalidParameter, "The quantity \(counted) is too large to be kept.")
        }
        let key: [(any DatabaseValueConvertible)?] = [account.text, period.package.text, period.start.value]
        try execute(
            "INSERT INTO package_uses (account, package, period, used) VALUES (?, ?, ?, 0) ON CONFLICT DO NOTHING", key)
        try execute(
            "UPDATE package_uses SET used = used + ? WHERE account = ? AND package = ? AND period = ?", [units] + key)
    }

    private func package(of row: Row) -> OwnedPackage {
        OwnedPackage(
            account: row.identifier(1), name: row[2],
            package: ResourcePackage(
                id: row.identifier(0), product: row.identifier(3), flavor: (row[4] as String?).map { FlavorID($0) },
                size: Quantity(units: Int128(row[5] as Int64)), isMonthly: row[6] as Int64 != 0,
                effectiveFrom: row.second(7), expiresAt: row.second(8), createdAt: row.instant(9)),
            price: row.amount(10), key: row[11], isApplied: row[12] as Int64 != 0)
    }
}
