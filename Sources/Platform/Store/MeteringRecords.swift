public import Billing
public import Identity
public import Kernel
public import Metering
public import Pricing

/// Lifecycle facts, append-only, and the stretches they are about.
public protocol MeteringRecords {
    /// Adds a stretch; its facts come after it.
    func insert(_ metered: MeteredSegment) throws
    /// Adds a series where it is not there yet.
    func insertSeries(_ metered: MeteredSegment) throws
    func meteredSegment(_ id: SegmentID) throws -> MeteredSegment?
    /// The stretches of a resource, oldest first.
    func meteredSegments(of resource: ResourceID) throws -> [MeteredSegment]
    /// Stretches of all accounts in order of id, above a given id.
    func meteredSegments(after: SegmentID?, limit: Int) throws -> [MeteredSegment]
    /// The stretches and series of one use of an account, by id.
    func segments(of use: AccountUse) throws -> [ProvenSegment]
    /// Everything that any account has used, ever.
    func accountUses() throws -> [AccountUse]

    /// Appends a fact. True where it is new; false where the same fact is there already; the same identity with other
    /// content throws `Fault(.conflict)` (law 2).
    @discardableResult
    func append(_ fact: Fact, recordedAt: Instant) throws -> Bool
    /// The fact of a stretch with the greatest sequence; nil where it has none.
    func lastFact(of segment: SegmentID) throws -> Fact?
    /// The facts of a stretch by sequence.
    func facts(of segment: SegmentID) throws -> [Fact]

    /// Stretches that began before a second and are not settled until it, by account and id, behind a given one.
    func unsettledSegments(
        before end: Second, after: ProvenSegment?, limit: Int
    ) throws -> [ProvenSegment]
    /// Stretches of one account that are not settled for good, by id.
    func unsettledSegments(of account: AccountID) throws -> [ProvenSegment]
    /// Stretches of one kind of witness of which neither an end nor life until a second is proven, though their
    /// executor has not lost them.
    func unprovenSegments(until end: Second, witness: Witness) throws -> [SegmentID]
    /// The second from which the first stretch or series has something to settle; nil where nothing has.
    ///
    /// - Parameter unknown: the second that counts for a stretch that may have begun without being heard of.
    func firstUnsettled(unknownAs unknown: Second) throws -> Second?
    /// Notes that every hour before this second is billed as the facts say; `isFinal` where nothing can follow.
    func settled(_ metered: MeteredSegment, through: Second, isFinal: Bool) throws
    /// The second before which everything of a stretch is billed as the facts say; nil where nothing is.
    func settledThrough(_ metered: MeteredSegment) throws -> Second?
    /// Notes that nothing more will be proven of a stretch: its executor lost it.
    func abandon(_ segment: SegmentID) throws

    /// The start of the first clock hour that is not closed.
    func openHour() throws -> Second?
    func setOpenHour(_ hour: Second) throws
}

/// A stretch, what its facts prove, and how far it is billed.
public struct ProvenSegment: Hashable, Sendable {
    public let metered: MeteredSegment
    /// What all its facts say; nil where it has not begun, and for a series.
    public let interval: RunInterval?
    /// Everything before this second is billed as the facts say; nil where nothing is.
    public let settledThrough: Second?
    /// Whether its executor lost it, so that nothing more will be proven.
    public let isAbandoned: Bool

    public init(metered: MeteredSegment, interval: RunInterval?, settledThrough: Second?, isAbandoned: Bool) {
        self.metered = metered
        self.interval = interval
        self.settledThrough = settledThrough
        self.isAbandoned = isAbandoned
    }
}

/// One account's use of one flavor for one product: what prices of a month look at together.
public struct AccountUse: Hashable, Sendable {
    public let account: AccountID
    public let product: ProductID
    public let flavor: FlavorID

    public init(account: AccountID, product: ProductID, flavor: FlavorID) {
        self.account = account
        self.product = product
        self.flavor = flavor
    }

    public init(_ metered: MeteredSegment) {
        self.init(account: metered.account, product: metered.segment.product, flavor: metered.segment.flavor)
    }
}
