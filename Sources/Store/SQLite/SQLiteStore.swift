import CSQLite
import Dispatch
import GRDB
public import Kernel
public import Platform

/// The embedded store: one SQLite file, many readers on snapshots, one writer whose concurrent writes share a commit.
///
/// A write that has returned is on the disk: the journal is synced at every commit (`synchronous=FULL`).
public final class SQLiteStore: Store {
    private let pool: DatabasePool
    private let writer: GroupCommit
    private let events = EventIndex()

    /// Readers that may be at work at the same time.
    private static let readers = 4
    /// Whether SQLite counts its memory, which takes a lock for every allocation; told once, before its first file.
    private static let counting: Void = {
        // Where something has used SQLite before, it goes on counting, and is only slower.
        _ = sqlite3_config_without_memory_statistics()
    }()

    /// Opens a file, makes it where it is missing, and brings its schema up to date.
    ///
    /// - Throws: `unavailable` where the file cannot be opened; `conflict` where its schema is not one that this
    ///   release knows.
    public init(path: String) async throws(Fault) {
        _ = Self.counting
        var configuration = Configuration()
        configuration.maximumReaderCount = Self.readers
        configuration.busyMode = .timeout(5)
        configuration.label = "atelier"
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            try await pool.writeWithoutTransaction { database in try Durability.require(of: database) }
            try await pool.write { database in try Migrations.apply(to: database) }
            try await pool.read { [events] database in try events.restore(from: database) }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw SQLiteFault.fault(of: error, doing: "The database \(path) cannot be opened")
        }
        writer = GroupCommit(pool, events: events)
    }

    /// Reads from one snapshot; writers go on meanwhile.
    public func read<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.read { [events] in try body(SQLiteTransaction($0, events: events)) }
        } catch let error as DatabaseError {
            throw SQLiteFault.fault(of: error, doing: "The database could not be read")
        }
    }

    /// Writes all of it or nothing; durable when it returns.
    public func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await writer.write(body)
    }

    /// Writes that wait for their turn: a measure of how busy the disk is.
    public var waitingWrites: Int { writer.waiting }

    /// Closes the file; nothing may be asked of the store afterwards.
    public func close() throws(Fault) {
        do {
            try pool.close()
        } catch {
            throw SQLiteFault.fault(of: error, doing: "The database could not be closed")
        }
    }
}
