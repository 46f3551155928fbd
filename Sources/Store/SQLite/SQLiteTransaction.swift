import GRDB
import Kernel
import Money
import Platform

/// One transaction on SQLite: SQL that SQLite and PostgreSQL share, values by position, mapping by hand.
struct SQLiteTransaction: StoreTransaction {
    let database: Database
    let events: EventIndex

    init(_ database: Database, events: EventIndex) {
        self.database = database
        self.events = events
    }

    /// Runs a statement that gives no rows; how many it changed.
    @discardableResult
    func execute(_ sql: String, _ values: [(any DatabaseValueConvertible)?] = []) throws -> Int {
        let statement = try database.cachedStatement(sql: sql)
        try statement.execute(arguments: StatementArguments(values))
        return database.changesCount
    }

    /// Every row, mapped.
    ///
    /// - Parameter isCached: false for a text that varies with the request, because a connection never forgets a
    ///   cached statement.
    func rows<Value>(
        _ sql: String, _ values: [(any DatabaseValueConvertible)?] = [], isCached: Bool = true,
        _ map: (Row) throws -> Value
    ) throws -> [Value] {
        let statement = try statement(sql, isCached: isCached)
        let cursor = try Row.fetchCursor(statement, arguments: StatementArguments(values))
        var mapped: [Value] = []
        while let row = try cursor.next() { mapped.append(try map(row)) }
        return mapped
    }

    /// The first row, mapped; nil where there is none.
    func row<Value>(
        _ sql: String, _ values: [(any DatabaseValueConvertible)?] = [], isCached: Bool = true,
        _ map: (Row) throws -> Value
    ) throws -> Value? {
        let statement = try statement(sql, isCached: isCached)
        return try Row.fetchOne(statement, arguments: StatementArguments(values)).map(map)
    }

    /// The single number that a statement gives.
    func number(
        _ sql: String, _ values: [(any DatabaseValueConvertible)?] = [], isCached: Bool = true
    ) throws -> Int64 {
        try row(sql, values, isCached: isCached) { $0[0] as Int64 } ?? 0
    }

    private func statement(_ sql: String, isCached: Bool) throws -> Statement {
        isCached ? try database.cachedStatement(sql: sql) : try database.makeStatement(sql: sql)
    }
}

extension Amount {
    /// The amount as a column holds it; ±92 billion units of a currency.
    func stored() throws(Fault) -> Int64 {
        guard let value = Int64(exactly: units) else {
            throw Fault(.invalidParameter, "The amount \(self) is too large to be kept.", field: "amount")
        }
        return value
    }

    init(stored: Int64) { self.init(units: Int128(stored)) }
}

extension Row {
    func identifier<Entity>(_ index: Int) -> Identifier<Entity> { Identifier(self[index] as String) }
    func amount(_ index: Int) -> Amount { Amount(stored: self[index]) }
    func instant(_ index: Int) -> Instant { Instant(milliseconds: self[index]) }
    func instantIfAny(_ index: Int) -> Instant? { (self[index] as Int64?).map { Instant(milliseconds: $0) } }
    /// Indices of cards, as `cardsText` writes them.
    func cards(_ index: Int) -> [Int] { (self[index] as String).split(separator: ",").compactMap { Int($0) } }
    func second(_ index: Int) -> Second { Second(self[index]) }

    /// A value of a closed list; one that this release does not know is a fault, never a guess.
    func word<Value: RawRepresentable>(_ index: Int, _ type: Value.Type = Value.self) throws(Fault) -> Value
    where Value.RawValue == String {
        let text = self[index] as String
        guard let value = Value(rawValue: text) else {
            throw Fault(.internalFault, "The database holds \(text), which is no \(Value.self) of this release.")
        }
        return value
    }
}

extension [Int] {
    /// Indices of cards as the store keeps them.
    var cardsText: String { map(String.init).joined(separator: ",") }
}
