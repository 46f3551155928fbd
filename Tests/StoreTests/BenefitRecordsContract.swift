import Billing
import Identity
import Kernel
import Ledger
import Money
import Platform
import Pricing
import Rating
import Testing

/// Coupons and packages as a store keeps them.
@Suite struct BenefitRecordsContract {
    private static func owned(
        _ id: String, account: AccountID = Sample.account.id, product: String? = nil, key: String? = nil
    ) -> OwnedCoupon {
        OwnedCoupon(
            account: account, name: "spring",
            coupon: Coupon(
                id: CouponID(id), remaining: Amount(units: 500), product: product, validFrom: Second(10),
                validUntil: Second(20)),
            granted: Amount(units: 500), grantedAt: Instant(milliseconds: 9), key: key)
    }

    private static func package(_ id: String, from: Int64 = 3_600, key: String? = nil) -> OwnedPackage {
        OwnedPackage(
            account: Sample.account.id, name: "hundred hours",
            package: ResourcePackage(
                id: ResourcePackageID(id), product: ProductID("training-job"), flavor: FlavorID("cpu.2u"),
                size: Quantity(100), isMonthly: true, effectiveFrom: Second(from), expiresAt: Second(from + 7_200),
                createdAt: Instant(milliseconds: 7)),
            price: Amount(units: 3), key: key)
    }

    private static func populated(_ kind: StoreKind) async throws -> TestStore {
        let test = try await TestStore.populated(kind)
        try await test.store.write { transaction throws in
            for account in [Sample.account, Sample.other] {
                try transaction.insert(
                    BillingTerms(account: account.id, book: "default", currency: .usDollar, creditLimit: .zero))
            }
        }
        return test
    }

    @Test(arguments: StoreKind.allCases) func aCouponHasWhatItsPostingsLeave(kind: StoreKind) async throws {
        let test = try await Self.populated(kind)
        #expect(try await test.store.read { try $0.benefits() } == Benefits(hasCoupons: false, hasPackages: false))
        let owned = Self.owned("c", product: "training-job", key: "k")
        try await test.store.write { transaction throws in
            try transaction.insert(owned)
            try transaction.insert(Self.owned("d", account: Sample.other.id))
            try transaction.append(
                try Posting.grant(
                    of: owned.coupon, id: PostingID("p"), at: owned.grantedAt, owner: Sample.account.id.text,
                    currency: .usDollar))
            try transaction.append(
                try Sample.posting("q", [(Sample.ledger(.coupon, owner: "c"), -120), (Sample.ledger(.revenue), 120)]))
        }
        let (benefits, own, all) = try await test.store.read { transaction in
            (
                try transaction.benefits(), try transaction.coupons(of: Sample.account.id),
                try transaction.coupons(of: nil)
            )
        }
        #expect(benefits == Benefits(hasCoupons: true, hasPackages: false))
        #expect(own.map(\.coupon) == [owned.coupon.less(Amount(units: 120))])
        #expect(own.map(\.key) == ["k"] && own.map(\.granted) == [Amount(units: 500)])
        #expect(all.map(\.coupon.id.text) == ["c", "d"])
        // A key is good for one coupon of an account.
        await #expect(throws: Fault.self) { try await test.store.write { try $0.insert(Self.owned("e", key: "k")) } }
    }

    @Test(arguments: StoreKind.allCases) func aPackageIsKeptUsedAndApplied(kind: StoreKind) async throws {
        let test = try await Self.populated(kind)
        let (first, later) = (Self.package("a", key: "k"), Self.package("b", from: 7_200))
        try await test.store.write { for one in [first, later] { try $0.insert(one) } }
        #expect(try await test.store.read { try $0.packages(of: Sample.account.id) } == [first, later])
        #expect(try await test.store.read { try $0.packages(of: Sample.other.id) }.isEmpty)
        #expect(try await test.store.read { try $0.newPackages(before: Second(7_200)) } == [first])
        #expect(try await test.store.read { try $0.firstUnsettled(unknownAs: Second(9)) } == Second(3_600))
        let period = PackagePeriod(package: first.package.id, start: Second(0))
        try await test.store.write { transaction throws in
            try transaction.applied(first.package.id)
            try transaction.add(Quantity(5), to: period, of: Sample.account.id)
            try transaction.add(Quantity(-2), to: period, of: Sample.account.id)
        }
        #expect(try await test.store.read { try $0.newPackages(before: Second(9_999)) } == [later])
        #expect(try await test.store.read { try $0.packages(of: nil) }.map(\.isApplied) == [true, false])
        #expect(try await test.store.read { try $0.packageUses(of: Sample.account.id) } == [period: Quantity(3)])
        // No period ever gives less than nothing.
        await #expect(throws: Fault.self) {
            try await test.store.write { try $0.add(Quantity(-4), to: period, of: Sample.account.id) }
        }
    }

    @Test(arguments: StoreKind.allCases) func aLineKeepsItsParts(kind: StoreKind) async throws {
        let test = try await Self.populated(kind)
        let parts = [PackagePart(package: ResourcePackageID("a"), counted: Quantity(units: -1_500_000))]
        let coupons = [
            CouponPart(coupon: CouponID("c"), amount: Amount(units: 7)),
            CouponPart(coupon: CouponID("d"), amount: Amount(units: -2)),
        ]
        let line = try Sample.line("1", coupons: coupons, packages: parts)
        try await test.store.write { transaction throws in
            try transaction.insert(Sample.metered("a/0"))
            try transaction.append([line])
        }
        #expect(try await test.store.read { try $0.billLine(BillLineID("1")) } == line)
        let all = Second(0)..<Second(99_999)
        let found = try await test.store.read { transaction in
            try ["a", "b", nil].map { id in
                try transaction.billLines(
                    coveredBy: id.map { ResourcePackageID($0) }, of: Sample.account.id, hours: all,
                    page: PageRequest(limit: 9)
                ).total
            }
        }
        #expect(found == [1, 0, 1])
    }
}
