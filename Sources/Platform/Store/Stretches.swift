public import Billing
public import Kernel
public import Metering

extension StoreTransaction {
    /// Hands out every stretch of every account, in order of id, so many at a time.
    public func eachStretch(_ body: ([MeteredSegment]) throws -> Void) throws {
        var last: SegmentID?
        while true {
            let page = try meteredSegments(after: last, limit: 1_000)
            guard let end = page.last else { return }
            try body(page)
            last = end.segment.id
        }
    }

    /// Until which second each stretch is billed that is not billed for good; nil where nothing of one is.
    public func unsettledStretches() throws -> [SegmentID: Second?] {
        var settledThrough: [SegmentID: Second?] = [:]
        var last: ProvenSegment?
        while true {
            let page = try unsettledSegments(before: Second(.max), after: last, limit: 1_000)
            guard let end = page.last else { return settledThrough }
            for stretch in page { settledThrough[stretch.metered.segment.id] = .some(stretch.settledThrough) }
            last = end
        }
    }
}
