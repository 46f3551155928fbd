public import Identity
public import Metering
public import Pricing

/// A stretch and who pays for it, by which book; fixed when it begins.
public struct MeteredSegment: Hashable, Sendable {
    public let segment: Segment
    public let account: AccountID
    public let project: ProjectID
    /// The name people gave the resource.
    public let resourceName: String
    /// The price book it is billed by.
    public let book: String
    /// The meter whose readings are billed; nil where the time that it ran is.
    public let meter: MeterID?
    /// Who proves that it goes on.
    public let witness: Witness

    public init(
        segment: Segment, account: AccountID, project: ProjectID, resourceName: String, book: String,
        meter: MeterID? = nil, witness: Witness = .executor
    ) {
        self.segment = segment
        self.account = account
        self.project = project
        self.resourceName = resourceName
        self.book = book
        self.meter = meter
        self.witness = witness
    }
}
