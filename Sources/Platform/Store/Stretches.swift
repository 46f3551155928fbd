public import Billing
import Metering

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
}
