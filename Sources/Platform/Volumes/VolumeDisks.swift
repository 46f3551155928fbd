public import Kernel

/// Where volumes lie: the disk of this machine.
///
/// Every act may be repeated with the same volume, also after a crash in the middle of it, and then gives the same.
public protocol VolumeDisks: Sendable {
    /// How many GiB all volumes may have together.
    func capacity() async throws -> Int64
    /// Makes an empty volume; one that is there stays as it is, with its data.
    func create(_ volume: VolumeID, gibibytes: Int64) async throws
    /// Gives a volume more room while it is used; one that has it already stays as it is.
    func grow(_ volume: VolumeID, to gibibytes: Int64) async throws
    /// Removes a volume with its data, and gives its space back; one that is gone is gone.
    func remove(_ volume: VolumeID) async throws
    /// Makes a volume's files reachable below its path, which it gives: a folder of the host, which belongs to the user
    /// that sandboxes map to theirs.
    ///
    /// - Throws: `notFound` where the volume is not there.
    func mount(_ volume: VolumeID) async throws -> String
    /// Nobody needs the files any more; they stay.
    func unmount(_ volume: VolumeID) async throws
    /// Bytes that a volume's files take.
    func usage(_ volume: VolumeID) async throws -> Int64
    /// Where a volume's files are when it is mounted.
    func path(_ volume: VolumeID) -> String
}

/// Where there is no disk for volumes: none fits, so none is made.
public struct NoVolumeDisks: VolumeDisks {
    public init() {}

    public func capacity() async throws -> Int64 { 0 }
    public func create(_ volume: VolumeID, gibibytes: Int64) async throws { throw Self.fault }
    public func grow(_ volume: VolumeID, to gibibytes: Int64) async throws { throw Self.fault }
    public func remove(_ volume: VolumeID) async throws {}
    public func mount(_ volume: VolumeID) async throws -> String { throw Self.fault }
    public func unmount(_ volume: VolumeID) async throws {}
    public func usage(_ volume: VolumeID) async throws -> Int64 { throw Self.fault }
    public func path(_ volume: VolumeID) -> String { "/nonexistent/\(volume)" }

    private static var fault: Fault { Fault(.unavailable, "This installation keeps no volumes.") }
}
