public import Kernel

/// How large a volume may be, in GiB, by who asks for it.
public struct VolumeCapacity: Hashable, Sendable {
    public let range: ClosedRange<Int64>
    /// Whose rule it is, as people read it.
    private let owner: String

    /// A notebook's volume. Source: 5 to 4096 GB (create a notebook instance, ModelArts user guide).
    public static let notebook = VolumeCapacity(range: 5...4_096, owner: "A notebook's volume")
    /// A data disk. Source: `CreateVolumeOption.size`, 10 to 32768 GB.
    public static let dataDisk = VolumeCapacity(range: 10...32_768, owner: "A data disk")

    /// Refuses a size that nobody offers.
    public func require(_ gibibytes: Int64, field: String) throws(Fault) {
        guard range.contains(gibibytes) else {
            throw Fault(
                .invalidParameter,
                "\(owner) has \(range.lowerBound) to \(range.upperBound) GB, not \(gibibytes).", field: field)
        }
    }

    /// Refuses a new size that is not larger than the present one: a volume can only grow.
    public func requireGrowth(from present: Int64, to wanted: Int64, field: String) throws(Fault) {
        guard wanted > present else {
            throw Fault(
                .invalidParameter,
                "The volume has \(present) GB and can only grow; \(wanted) GB are not more than it has.", field: field)
        }
        try require(wanted, field: field)
    }
}
