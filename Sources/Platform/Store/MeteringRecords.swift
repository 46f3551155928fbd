public import Billing
public import Identity
public import Kernel
public import Metering
public import Pricing

/// Lifecycle facts, append-only, and the stretches they are about.
public protocol MeteringRecords {
    /// Adds a stretch; its facts come after it.
    func insert(_ metered: MeteredSegment) throws
    func meteredSegment(_ id: SegmentID) throws -> MeteredSegment?
    /// The stretches of a resource, oldest first.
    func meteredSegments(of resource: ResourceID) throws -> [MeteredSegment]
    /// Stretches of all accounts in order of id, above a given id.
    func meteredSegments(after: SegmentID?, limit: Int) throws -> [MeteredSegment]
    /// The stretches of one use of an account, by id.
    func meteredSegments(account: AccountID, product: ProductID, flavor: FlavorID) throws -> [MeteredSegment]

    /// Appends a fact. True where it is new; false where the same fact is there already; the same identity with other
    /// content throws `Fault(.conflict)` (law 2).
    @discardableResult
    func append(_ fact: Fact, recordedAt: Instant) throws -> Bool
    /// The facts of a stretch by sequence.
    func facts(of segment: SegmentID) throws -> [Fact]

    /// Stretches that are not settled for good, in order of id, above a given id.
    func unsettledSegments(after: SegmentID?, limit: Int) throws -> [UnsettledSegment]
    /// The same of one account.
    func unsettledSegments(of account: AccountID) throws -> [UnsettledSegment]
    /// Notes that every hour before this second is billed as the facts say; `isFinal` where nothing can follow.
    func settled(_ segment: SegmentID, through: Second, isFinal: Bool) throws
    /// Notes that nothing more will be proven of a stretch: its executor lost it.
    func abandon(_ segment: SegmentID) throws

    /// The start of the first clock hour that is not closed.
    func openHour() throws -> Second?
    func setOpenHour(_ hour: Second) throws
}

/// A stretch with something still to settle.
public struct UnsettledSegment: Hashable, Sendable {
    public let metered: MeteredSegment
    /// Hours before this second are settled; nil where none is.
    public let settledThrough: Second?
    /// Whether its executor lost it, so that nothing more will be proven.
    public let isAbandoned: Bool
    /// All its facts by sequence.
    public let facts: [Fact]

    public init(metered: MeteredSegment, settledThrough: Second?, isAbandoned: Bool, facts: [Fact]) {
        self.metered = metered
        self.settledThrough = settledThrough
        self.isAbandoned = isAbandoned
        self.facts = facts
    }
}
