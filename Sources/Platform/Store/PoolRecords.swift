public import Identity
public import Workloads

/// Dedicated pools.
public protocol PoolRecords {
    func insert(_ pool: DedicatedPool) throws
    /// Writes everything that can change of a pool.
    func update(_ pool: DedicatedPool) throws
    /// A pool by id alone, deleted or not.
    func pool(_ id: PoolID) throws -> DedicatedPool?
    /// Pools that are not deleted, of a project or of all, the oldest first.
    func pools(in project: ProjectID?) throws -> [DedicatedPool]
}

/// Which pool's work is wanted.
public enum PoolFilter: Hashable, Sendable {
    case any
    /// The pool that everybody shares.
    case shared
    case dedicated(PoolID)

    /// The public pool where there is no other.
    public init(_ pool: PoolID?) { self = pool.map { .dedicated($0) } ?? .shared }
}
