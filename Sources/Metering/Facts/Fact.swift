public import Kernel

/// One thing that an executor has proven of a stretch; identified by stretch and sequence, and never changed.
public struct Fact: Hashable, Sendable {
    public let segment: SegmentID
    /// Counts up from 0 within the stretch; gaps are allowed.
    public let sequence: Int64
    /// When it happened, by the executor's clock, cut to the whole second once, here (law 1).
    public let at: Second
    public let kind: Kind

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The work began.
        case started
        /// The work still ran.
        case alive
        /// Nothing of the work was left.
        case ended
    }

    public init(segment: SegmentID, sequence: Int64, at: Second, kind: Kind) {
        self.segment = segment
        self.sequence = sequence
        self.at = at
        self.kind = kind
    }
}
