public import Identity
public import Kernel
public import Metering
public import Pricing

/// Events, append-only; their ids, remembered for ever; and what meters read of them.
public protocol EventRecords {
    /// Where each of these ids is known; nil where it is new.
    func knownEvents(_ ids: [EventIdentity]) throws -> [KnownEvent?]
    /// Keeps a batch, remembers its ids, and gives its number.
    @discardableResult
    func append(_ batch: EventBatch) throws -> Int64
    func eventBatch(_ number: Int64) throws -> EventBatch?
    /// Batches behind a number, in order.
    func eventBatches(after number: Int64, limit: Int) throws -> [(number: Int64, batch: EventBatch)]

    func readingCount() throws -> Int
    /// Adds what other events gave to a reading, to be settled anew.
    ///
    /// - Throws: `invalidParameter` where the sum is beyond what can be priced.
    func add(
        _ reading: DatedReading, to segment: SegmentID, account: AccountID, by aggregation: Meter.Aggregation
    ) throws
    /// The readings of a series within a range, by second.
    func readings(of segment: SegmentID, in range: Range<Second>) throws -> [DatedReading]
    /// Series with readings before a second that no bill shows yet, and the first of those, by account and id.
    func unsettledSeries(of account: AccountID?, before end: Second) throws -> [UnsettledSeries]
    /// The readings of a series before a second that no bill shows yet.
    func unsettledReadings(of segment: SegmentID, before end: Second) throws -> [Second]
    /// Notes that the readings of a series before a second are billed.
    func settleReadings(of segment: SegmentID, before end: Second) throws

    /// The first second at which a series saw a value in a window.
    func firstSeen(_ value: String, in segment: SegmentID, window: Second) throws -> Second?
    func setFirstSeen(_ value: String, in segment: SegmentID, window: Second, at second: Second) throws
}

/// What tells one event from all others: its id, and its content.
public struct EventIdentity: Hashable, Sendable {
    /// Of sender, source and id.
    public let key: UInt128
    /// Of all its bytes.
    public let content: UInt64

    public init(key: UInt128, content: UInt64) {
        self.key = key
        self.content = content
    }
}

/// An event that was taken before.
public struct KnownEvent: Hashable, Sendable {
    public let content: UInt64
    /// The number of the batch it stands in.
    public let batch: Int64

    public init(content: UInt64, batch: Int64) {
        self.content = content
        self.batch = batch
    }
}

/// Events that were taken together for one account.
public struct EventBatch: Hashable, Sendable {
    /// Who pays for the use.
    public let account: AccountID
    /// The account that sent them; ids are unique within it.
    public let sender: AccountID
    /// The project of events that name none.
    public let project: ProjectID
    /// The price book whose meters count them.
    public let book: String
    public let received: Instant
    /// The identities of the events, in their order.
    public let ids: [EventIdentity]
    /// One event in JSON, or an array of them.
    public let body: [UInt8]

    public init(
        account: AccountID, sender: AccountID, project: ProjectID, book: String, received: Instant,
        ids: [EventIdentity], body: [UInt8]
    ) {
        self.account = account
        self.sender = sender
        self.project = project
        self.book = book
        self.received = received
        self.ids = ids
        self.body = body
    }
}

/// A series with something to settle.
public struct UnsettledSeries: Hashable, Sendable {
    public let segment: SegmentID
    public let account: AccountID
    /// The first reading that no bill shows yet.
    public let first: Second

    public init(segment: SegmentID, account: AccountID, first: Second) {
        self.segment = segment
        self.account = account
        self.first = first
    }
}
