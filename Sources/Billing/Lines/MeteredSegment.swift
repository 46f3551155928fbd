public import Identity
public import Metering

/// A stretch and who pays for it, by which book; fixed when it begins.
public struct MeteredSegment: Hashable, Sendable {
    public let segment: Segment
    public let account: AccountID
    public let project: ProjectID
    /// The name people gave the resource.
    public let resourceName: String
    /// The price book it is billed by.
    public let book: String

    public init(segment: Segment, account: AccountID, project: ProjectID, resourceName: String, book: String) {
        self.segment = segment
        self.account = account
        self.project = project
        self.resourceName = resourceName
        self.book = book
    }
}
