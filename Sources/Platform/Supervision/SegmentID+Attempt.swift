import Kernel
import Metering

extension SegmentID {
    /// The stretch that a rank of an attempt is: `attempt/rank`.
    init(_ attempt: AttemptID, rank: Int) { self.init("\(attempt)/\(rank)") }

    /// The attempt this stretch belongs to.
    var attempt: AttemptID { AttemptID(String(text.prefix { $0 != "/" })) }
}
