public import Billing
public import Identity
public import Kernel
public import Ledger
public import Metering
public import Money
public import Pricing

/// Bill lines, append-only.
public protocol BillRecords {
    /// Appends lines, in order, and adds them to the sums of their accounts.
    func append(_ lines: [BillLine]) throws
    func billLine(_ id: BillLineID) throws -> BillLine?
    /// Lines of all accounts behind a place among them, in order.
    func billLines(after number: Int64, limit: Int) throws -> [(number: Int64, line: BillLine)]
    /// How many lines there are, of all accounts.
    func billLineCount() throws -> Int64
    /// The lines of one stretch or series in one clock hour, oldest first.
    func billLines(of metered: MeteredSegment, hour: Second) throws -> [BillLine]
    /// The lines that one posting charges together, in order.
    func billLines(of settlement: PostingID) throws -> [BillLine]
    /// The lines of one use of an account whose hours lie in a range, oldest first.
    func billLines(
        account: AccountID, product: ProductID, flavor: FlavorID, hours: Range<Second>
    ) throws -> [BillLine]
    /// What the lines of a use count whose hours lie in a range.
    func countedSum(of use: AccountUse, hours: Range<Second>) throws -> Quantity
    /// The lines of a resource, by hour.
    func billLines(of resource: ResourceID, account: AccountID) throws -> [BillLine]
    /// A page of an account's lines, the newest hour first.
    func billLines(_ query: BillLineQuery) throws -> Page<BillLine>
    /// Sums of an account's lines in a cycle, one a product.
    func billSums(account: AccountID, cycle: String) throws -> [BillSum]
    /// The first of all kept sums that is not what its lines give, recomputed; nil where all are.
    func wrongBillSum() throws -> WrongBillSum?
}

/// Whose kept sum is not what its lines give.
public struct WrongBillSum: Hashable, Sendable {
    public let account: AccountID
    public let cycle: String
    public let product: ProductID

    public init(account: AccountID, cycle: String, product: ProductID) {
        self.account = account
        self.cycle = cycle
        self.product = product
    }
}

/// Which bill lines are wanted; nil means any.
public struct BillLineQuery: Hashable, Sendable {
    public var account: AccountID
    public var cycle: String?
    public var resource: ResourceID?
    public var project: ProjectID?
    /// Only hours in this range.
    public var hours: Range<Second>?
    /// Whether lines with nothing due are given too.
    public var includesZero: Bool
    public var page: PageRequest

    public init(
        account: AccountID, cycle: String? = nil, resource: ResourceID? = nil, project: ProjectID? = nil,
        hours: Range<Second>? = nil, includesZero: Bool = true, page: PageRequest
    ) {
        self.account = account
        self.cycle = cycle
        self.resource = resource
        self.project = project
        self.hours = hours
        self.includesZero = includesZero
        self.page = page
    }
}

/// What one product came to in one cycle.
public struct BillSum: Hashable, Sendable {
    public let product: String
    public let lines: Int
    public let seconds: Int64
    public let list: Amount
    public let discount: Amount
    public let truncated: Amount
    public let due: Amount
    public let cash: Amount
    public let credit: Amount
    public let arrears: Amount

    public init(
        product: String, lines: Int, seconds: Int64, list: Amount, discount: Amount, truncated: Amount, due: Amount,
        cash: Amount, credit: Amount, arrears: Amount
    ) {
        self.product = product
        self.lines = lines
        self.seconds = seconds
        self.list = list
        self.discount = discount
        self.truncated = truncated
        self.due = due
        self.cash = cash
        self.credit = credit
        self.arrears = arrears
    }
}
