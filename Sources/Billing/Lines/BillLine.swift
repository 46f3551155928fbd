public import Identity
public import Kernel
public import Ledger
public import Metering
public import Money
public import Pricing
public import Rating

/// One line of a bill: the use of one resource in one clock hour at one price, what it came to, and how it was paid.
public struct BillLine: Hashable, Sendable {
    public let id: BillLineID
    public let account: AccountID
    public let project: ProjectID
    public let resource: ResourceID
    public let resourceName: String
    public let segment: SegmentID
    public let product: ProductID
    public let flavor: FlavorID
    public let quantity: Int64
    /// The start of the clock hour the use lies in.
    public let hour: Second
    public let from: Second
    public let until: Second
    public let seconds: Int64
    /// What is counted, such as node-seconds; negative where a correction takes back.
    public let counted: Quantity
    /// Nil where the price depends on the month's use.
    public let unitPrice: UnitPrice?
    /// What bills call the discount; nil where there is none.
    public let discountName: String?
    public let priceVersion: String
    public let list: Amount
    public let discount: Amount
    public let truncated: Amount
    public let due: Amount
    public let dropped: Fraction
    public let kind: Kind
    /// The month it was billed in, `YYYY-MM`; a late line stands in the month that was open.
    public let cycle: String
    public let billedAt: Instant
    /// What the wallet pays of what is due.
    public let paid: WalletSplit
    /// What coupons pay of what is due.
    public let coupons: [CouponPart]
    /// What packages cover of what is counted; `list` is for the rest.
    public let packages: [PackagePart]
    /// The posting that charges it with others; nil where a posting of its own does.
    public let settlement: PostingID?

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The hour's first line at its price.
        case usage
        /// What a late fact changed in an hour that had been closed (law 6).
        case correction
        /// What the month's fee lacks to its minimum, due with the month's last hour.
        case minimum
    }

    public init(
        id: BillLineID, account: AccountID, project: ProjectID, resource: ResourceID, resourceName: String,
        segment: SegmentID, product: ProductID, flavor: FlavorID, quantity: Int64, hour: Second, from: Second,
        until: Second, seconds: Int64, counted: Quantity, unitPrice: UnitPrice?, discountName: String? = nil,
        priceVersion: String, list: Amount, discount: Amount, truncated: Amount, due: Amount, dropped: Fraction,
        kind: Kind, cycle: String, billedAt: Instant, paid: WalletSplit, coupons: [CouponPart] = [],
        packages: [PackagePart] = [], settlement: PostingID? = nil
    ) throws(Fault) {
        guard list == discount + truncated + due, coupons.total + paid.total == due else {
            throw Fault(.internalFault, "The amounts of bill line \(id) do not add up.")
        }
        self.id = id
        self.account = account
        self.project = project
        self.resource = resource
        self.resourceName = resourceName
        self.segment = segment
        self.product = product
        self.flavor = flavor
        self.quantity = quantity
        self.hour = hour
        self.from = from
        self.until = until
        self.seconds = seconds
        self.counted = counted
        self.unitPrice = unitPrice
        self.discountName = discountName
        self.priceVersion = priceVersion
        self.list = list
        self.discount = discount
        self.truncated = truncated
        self.due = due
        self.dropped = dropped
        self.kind = kind
        self.cycle = cycle
        self.billedAt = billedAt
        self.paid = paid
        self.coupons = coupons
        self.packages = packages
        self.settlement = settlement
    }

    /// Numbers a draft, and says how it was paid.
    ///
    /// - Throws: `internalFault` where the payment is not what is due.
    public init(
        _ draft: BillLineDraft, id: BillLineID, cycle: String, billedAt: Instant, paid: WalletSplit,
        coupons: [CouponPart] = [], settlement: PostingID? = nil
    ) throws(Fault) {
        let metered = draft.metered
        try self.init(
            id: id, account: metered.account, project: metered.project, resource: metered.segment.resource,
            resourceName: metered.resourceName, segment: metered.segment.id, product: metered.segment.product,
            flavor: metered.segment.flavor, quantity: metered.segment.quantity, hour: draft.hour, from: draft.from,
            until: draft.until, seconds: draft.seconds, counted: draft.counted, unitPrice: draft.unitPrice,
            discountName: draft.discountName, priceVersion: draft.priceVersion, list: draft.list,
            discount: draft.discount, truncated: draft.truncated, due: draft.due,
            dropped: draft.dropped, kind: draft.kind, cycle: cycle, billedAt: billedAt, paid: paid,
            coupons: coupons, packages: draft.packages, settlement: settlement)
    }
}

public typealias BillLineID = Identifier<BillLine>
