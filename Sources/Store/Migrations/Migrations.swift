import GRDB
import Kernel

/// The steps from an empty file to this release's schema; a step that was released never changes.
enum Migrations {
    /// In order; the number of a step is its place, from 1.
    static let all: [String] = [
        FirstSchema.sql, PriceFormulaSchema.sql, JournalChainSchema.sql, EventSchema.sql, BillSumSchema.sql,
        BenefitSchema.sql, VolumeSchema.sql, NotebookSchema.sql, ImageSchema.sql,
        ModelSchema.sql, ServiceSchema.sql, CallMinuteSchema.sql, ServiceKeySchema.sql, PoolSchema.sql,
        DeploymentSchema.sql,
    ]

    /// Applies what is missing.
    ///
    /// - Throws: `conflict` where the file was written by a newer release, or by steps that are not these.
    static func apply(to database: Database) throws {
        try refuseForeign(database)
        try database.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS schema_steps (
                    number INTEGER PRIMARY KEY,
                    fingerprint TEXT NOT NULL
                ) STRICT
                """)
        let applied = try Row.fetchAll(database, sql: "SELECT number, fingerprint FROM schema_steps ORDER BY number")
        guard applied.count <= all.count else {
            throw Fault(
                .conflict,
                "The database has schema step \(applied.count), and this release knows \(all.count); "
                    + "start the newer release that wrote it.")
        }
        for (index, row) in applied.enumerated() {
            guard row[0] as Int == index + 1, row[1] as String == fingerprint(all[index]) else {
                throw Fault(
                    .conflict,
                    "Schema step \(index + 1) of the database is not this release's; start the release that made it.")
            }
        }
        for (index, sql) in all.enumerated().dropFirst(applied.count) {
            try database.execute(sql: sql)
            try database.execute(
                sql: "INSERT INTO schema_steps (number, fingerprint) VALUES (?, ?)",
                arguments: [index + 1, fingerprint(sql)])
        }
    }

    /// Refuses a file in which something else keeps its tables.
    private static func refuseForeign(_ database: Database) throws {
        let tables = try String.fetchAll(
            database, sql: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        guard tables.isEmpty || tables.contains("schema_steps") else {
            throw Fault(.conflict, "The database is not Atelier's: it has the table \(tables[0]) and no schema steps.")
        }
    }

    /// FNV-1a over 64 bits: enough to see that a step's text is another one.
    static func fingerprint(_ sql: String) -> String {
        let hash = sql.utf8.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Hexadecimal.text(UInt128(hash))
    }
}
