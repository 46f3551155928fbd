import GRDB
import Kernel

/// How the writing connection must stand, so that a write that has returned survives a loss of power.
enum Durability {
    /// What each PRAGMA must say, and the statement that makes it so where the library has not.
    private static let settings: [(name: String, value: String, statement: String?)] = [
        ("journal_mode", "wal", nil),
        // 2 is FULL: the journal is synced at every commit. GRDB sets NORMAL when it opens a pool.
        ("synchronous", "2", "PRAGMA synchronous = FULL"),
        ("foreign_keys", "1", nil),
        // What a savepoint may have to take back is kept in memory, not in a file made for each.
        ("temp_store", "2", "PRAGMA temp_store = MEMORY"),
        // 32 MiB of pages: an hour close comes back to the same pages of its indexes for every account.
        ("cache_size", "-32768", "PRAGMA cache_size = -32768"),
        // Pages that many commits touch go to the file once for 16 MiB of journal.
        ("wal_autocheckpoint", "4096", "PRAGMA wal_autocheckpoint = 4096"),
    ]

    /// Makes the settings and asks SQLite for them, because a PRAGMA it does not take is no error.
    static func require(of database: Database) throws {
        for setting in settings {
            if let statement = setting.statement { try database.execute(sql: statement) }
            let found = try String.fetchOne(database, sql: "PRAGMA \(setting.name)") ?? ""
            guard found == setting.value else {
                throw Fault(
                    .unavailable,
                    "SQLite has \(setting.name) = \(found) where \(setting.value) is needed to keep what was written.")
            }
        }
    }
}
