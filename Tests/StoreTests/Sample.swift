import Billing
import Identity
import Kernel
import Ledger
import Metering
import Money
import Platform
import Pricing
import Rating
import Wire
import Workloads

/// Records to keep, small and plain.
enum Sample {
    static let account = Account(id: AccountID("account"), name: "acme")
    static let other = Account(id: AccountID("other"), name: "bolt")
    static let project = Project(id: ProjectID("project"), account: account.id, name: "local-1")
    static let second = Project(id: ProjectID("second"), account: account.id, name: "local-1_lab")
    static let foreign = Project(id: ProjectID("foreign"), account: other.id, name: "local-1")
    static let user = User(
        id: UserID("user"), account: account.id, name: "alice", passwordHash: "hash", role: .administrator)

    static func populate(_ transaction: any StoreTransaction) throws {
        for account in [account, other] { try transaction.insert(account) }
        for project in [project, second, foreign] { try transaction.insert(project) }
        try transaction.insert(user)
    }

    static func metered(_ id: String, resource: String = "job", account: AccountID = account.id) -> MeteredSegment {
        MeteredSegment(
            segment: Segment(
                id: SegmentID(id), resource: ResourceID(resource), product: ProductID("training-job"),
                flavor: FlavorID("cpu.2u"), quantity: 2),
            account: account, project: project.id, resourceName: "digits", book: "default")
    }

    static func fact(_ segment: String, _ sequence: Int64, at second: Int64, _ kind: Fact.Kind) -> Fact {
        Fact(segment: SegmentID(segment), sequence: sequence, at: Second(second), kind: kind)
    }

    /// A line of two hours of node time at 1.00, by default nothing spared.
    static func line(
        _ id: String, segment: String = "a/0", resource: String = "job", hour: Int64 = 3_600,
        due: Int128 = 200_000_000, product: String = "training-job", cycle: String = "2026-03",
        account: AccountID = account.id, coupons: [CouponPart] = [], packages: [PackagePart] = []
    ) throws -> BillLine {
        let list = Amount(units: max(due, 0) + 7)
        return try BillLine(
            id: BillLineID(id), account: account, project: project.id, resource: ResourceID(resource),
            resourceName: "digits", segment: SegmentID(segment), product: ProductID(product),
            flavor: FlavorID("cpu.2u"), quantity: 2, hour: Second(hour), from: Second(hour + 1),
            until: Second(hour + 3_600), seconds: 7_198, counted: Quantity(7_198),
            unitPrice: UnitPrice(units: 10_000_000_000),
            priceVersion: "2026-01-01", list: list, discount: Amount(units: 5), truncated: Amount(units: 2),
            due: list - Amount(units: 7), dropped: Fraction(numerator: 1, denominator: 360_000), kind: .usage,
            cycle: cycle, billedAt: Instant(milliseconds: 1_234_567),
            paid: WalletSplit(
                cash: list - Amount(units: 8) - coupons.total, credit: Amount(units: 1), arrears: .zero),
            coupons: coupons, packages: packages)
    }

    static func job(
        _ id: String, name: String? = nil, project: ProjectID = project.id, at milliseconds: Int64 = 1_000,
        user: String = "alice", flavor: String = "cpu.2u", machine: TrainingJobMachine = TrainingJobMachine()
    ) throws -> TrainingJob {
        TrainingJob(
            id: TrainingJobID(id), account: account.id, project: project, userName: user,
            definition: try definition(name: name ?? "job-\(id)"), createdAt: Instant(milliseconds: milliseconds),
            attempt: AttemptID("attempt-\(id)"),
            demand: Demand(flavor: FlavorID(flavor), cpuMillicores: 2_000, memoryBytes: 4 << 30, accelerators: 0),
            machine: machine)
    }

    static func definition(name: String) throws -> TrainingJobDefinition {
        let text = """
            {"kind": "job", "metadata": {"name": "\(name)", "description": "first", "annotations": {"a": "b"}},
             "algorithm": {
               "code_dir": "obs://demo/code/", "boot_file": "obs://demo/code/train.py",
               "engine": {"engine_id": "python-3.11", "engine_name": "Python", "engine_version": "3.11"},
               "parameters": [{"name": "epochs", "value": "3"}],
               "inputs": [{"name": "data", "remote": {"obs": {"obs_url": "/demo/data/"}}}],
               "outputs": [{"name": "model", "remote": {"obs": {"obs_url": "obs://demo/out/"}}}],
               "environments": {"QUOTE": "it's \\"so\\" — 字"}},
             "spec": {"resource": {"flavor_id": "cpu.2u", "node_count": 1},
                      "log_export_path": {"obs_url": "obs://demo/logs"},
                      "auto_stop": {"time_unit": "HOURS", "duration": 2}}}
            """
        return try TrainingJobDefinition(json: JSONValue(parsing: Array(text.utf8)))
    }

    static func ledger(
        _ kind: LedgerAccount.Kind, owner: String = account.id.text, _ currency: Currency = .usDollar
    ) -> LedgerAccount {
        LedgerAccount(owner: owner, kind: kind, currency: currency)
    }

    static func posting(
        _ id: String, reference: String = "top-up:1", _ entries: [(LedgerAccount, Int128)]
    ) throws -> Posting {
        try Posting(
            id: PostingID(id), at: Instant(milliseconds: 5_000), kind: .topUp, reference: reference,
            entries: entries.map { Entry(account: $0, amount: Amount(units: $1)) })
    }
}
