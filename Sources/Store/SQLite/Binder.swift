import GRDB
import GRDBSQLite
import Kernel

/// Binds values to a statement one after the other, without a box around each: for the statements that bills and
/// events are written by.
struct Binder: ~Copyable {
    private let statement: OpaquePointer
    private var place: Int32 = 0

    /// SQLite copies what is bound.
    private static var transient: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    fileprivate init(_ statement: OpaquePointer) { self.statement = statement }

    mutating func add(_ text: String) {
        place += 1
        var text = text
        text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { bytes in
                // An empty text has no address, and a missing address would be NULL.
                _ = sqlite3_bind_text(
                    statement, place, bytes.baseAddress ?? UnsafePointer(bitPattern: 1), Int32(bytes.count),
                    Self.transient)
            }
        }
    }

    mutating func add(_ number: Int64) {
        place += 1
        sqlite3_bind_int64(statement, place, number)
    }

    mutating func add(_ bytes: UnsafeRawBufferPointer) {
        place += 1
        sqlite3_bind_blob64(
            statement, place, bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1), UInt64(bytes.count), Self.transient)
    }

    mutating func add(_ text: String?) {
        guard let text else { return addNothing() }
        add(text)
    }

    mutating func add(_ number: Int64?) {
        guard let number else { return addNothing() }
        add(number)
    }

    private mutating func addNothing() {
        place += 1
        sqlite3_bind_null(statement, place)
    }
}

extension Database {
    /// Runs a statement that gives no rows, with values bound by position.
    func run(_ sql: String, _ bind: (inout Binder) throws -> Void) throws {
        let statement = try cachedStatement(sql: sql).sqliteStatement
        defer { sqlite3_reset(statement) }
        var binder = Binder(statement)
        try bind(&binder)
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE || code == SQLITE_ROW else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: sqlite3_extended_errcode(sqliteConnection)),
                message: String(cString: sqlite3_errmsg(sqliteConnection)), sql: sql)
        }
    }

    /// Begins, keeps or takes back a savepoint.
    func savepoint(_ sql: String) throws { try run(sql) { _ in } }

    /// The number of the row that was inserted last.
    var lastRow: Int64 { sqlite3_last_insert_rowid(sqliteConnection) }
}

extension Row {
    /// A column of bytes; empty where it holds none.
    func bytes(_ index: Int) -> [UInt8] {
        guard case .blob(let data) = (self[index] as DatabaseValue).storage else { return [] }
        return Array(data)
    }
}
