import GRDB
import Identity
import Kernel
import Metering
import Money
import Platform
import Pricing

extension SQLiteTransaction {
    func knownEvents(_ ids: [EventIdentity]) throws -> [KnownEvent?] {
        try events.known(ids) { run, key in
            try row(
                "SELECT entries FROM event_run_pages WHERE run = ? AND page = ?", [run, EventRun.page(of: key)]
            ) { EventPage(bytes: $0.bytes(0)) } ?? EventPage(bytes: [])
        }
    }

    @discardableResult
    func append(_ batch: EventBatch) throws -> Int64 {
        try database.run(
            """
            INSERT INTO event_batches (account, sender, project, book, received_at, ids, body)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """
        ) { binder in
            binder.add(batch.account.text)
            binder.add(batch.sender.text)
            binder.add(batch.project.text)
            binder.add(batch.book)
            binder.add(batch.received.milliseconds)
            EventIdentityBytes(batch.ids).bytes.withUnsafeBytes { binder.add($0) }
            batch.body.withUnsafeBytes { binder.add($0) }
        }
        let number = database.lastRow
        events.add(batch.ids, batch: number)
        return number
    }

    func eventBatch(_ number: Int64) throws -> EventBatch? {
        try row("SELECT \(Self.batchColumns) FROM event_batches WHERE number = ?", [number], batch(of:))
    }

    func eventBatches(after number: Int64, limit: Int) throws -> [(number: Int64, batch: EventBatch)] {
        try rows(
            "SELECT \(Self.batchColumns), number FROM event_batches WHERE number > ? ORDER BY number LIMIT ?",
            [number, limit]
        ) { row in (row[7], batch(of: row)) }
    }

    private static let batchColumns = "account, sender, project, book, received_at, ids, body"

    private func batch(of row: Row) -> EventBatch {
        EventBatch(
            account: row.identifier(0), sender: row.identifier(1), project: row.identifier(2), book: row[3],
            received: row.instant(4), ids: EventIdentityBytes(bytes: row.bytes(5)).ids, body: row.bytes(6))
    }

    func readingCount() throws -> Int { Int(try number("SELECT COUNT(*) FROM meter_readings")) }

    func add(
        _ dated: DatedReading, to segment: SegmentID, account: AccountID, by aggregation: Meter.Aggregation
    ) throws {
        let reading = dated.reading
        let tooLarge = Fault(.invalidParameter, "The sum of the events of an hour is beyond 9.2 trillion.")
        guard let value = Int64(exactly: reading.value.units) else { throw tooLarge }
        do {
            try database.run(Self.upsert(aggregation)) { binder in
                binder.add(segment.text)
                binder.add(dated.since.value)
                binder.add(account.text)
                binder.add(value)
                binder.add(reading.at.value)
                binder.add(reading.tie)
            }
        } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_CONSTRAINT_DATATYPE {
            // A sum beyond 64 bits becomes a REAL, which the column does not take.
            throw tooLarge
        }
    }

    private static func upsert(_ aggregation: Meter.Aggregation) -> String {
        let isLater = "(excluded.latest_at, excluded.latest_tie) > (latest_at, latest_tie)"
        let value =
            switch aggregation {
            case .sum, .count, .unique: "value + excluded.value"
            case .max: "MAX(value, excluded.value)"
            case .latest: "CASE WHEN \(isLater) THEN excluded.value ELSE value END"
            }
        return """
            INSERT INTO meter_readings (segment, since, account, value, latest_at, latest_tie, is_settled)
            VALUES (?, ?, ?, ?, ?, ?, 0)
            ON CONFLICT (segment, since) DO UPDATE SET value = \(value), is_settled = 0,
                latest_at = MAX(latest_at, excluded.latest_at),
                latest_tie = CASE WHEN \(isLater) THEN excluded.latest_tie ELSE latest_tie END
            """
    }

    func readings(of segment: SegmentID, in range: Range<Second>) throws -> [DatedReading] {
        try rows(
            """
            SELECT since, value, latest_at, latest_tie FROM meter_readings
            WHERE segment = ? AND since >= ? AND since < ? ORDER BY since
            """, [segment.text, range.lowerBound.value, range.upperBound.value], dated(of:))
    }

    func unsettledSeries(of account: AccountID?, before end: Second) throws -> [UnsettledSeries] {
        let filter = account == nil ? "" : "AND account = ?"
        return try rows(
            """
            SELECT segment, account, MIN(since) FROM meter_readings
            WHERE is_settled = 0 AND since < ? \(filter) GROUP BY account, segment ORDER BY account, segment
            """, [end.value] + (account.map { [$0.text] } ?? [])
        ) { row in UnsettledSeries(segment: row.identifier(0), account: row.identifier(1), first: row.second(2)) }
    }

    func unsettledReadings(of segment: SegmentID, before end: Second) throws -> [Second] {
        try rows(
            "SELECT since FROM meter_readings WHERE segment = ? AND since < ? AND is_settled = 0 ORDER BY since",
            [segment.text, end.value]
        ) { $0.second(0) }
    }

    func settleReadings(of segment: SegmentID, before end: Second) throws {
        try execute(
            "UPDATE meter_readings SET is_settled = 1 WHERE segment = ? AND since < ? AND is_settled = 0",
            [segment.text, end.value])
    }

    func firstSeen(_ value: String, in segment: SegmentID, window: Second) throws -> Second? {
        try row(
            "SELECT first_seen FROM meter_values WHERE segment = ? AND window_start = ? AND value = ?",
            [segment.text, window.value, value]
        ) { $0.second(0) }
    }

    func setFirstSeen(_ value: String, in segment: SegmentID, window: Second, at second: Second) throws {
        try execute(
            """
            INSERT INTO meter_values (segment, window_start, value, first_seen) VALUES (?, ?, ?, ?)
            ON CONFLICT (segment, window_start, value) DO UPDATE SET first_seen = excluded.first_seen
            """, [segment.text, window.value, value, second.value])
    }

    private func dated(of row: Row) -> DatedReading {
        DatedReading(
            since: row.second(0),
            reading: MeterReading(
                value: Quantity(units: Int128(row[1] as Int64)), at: row.second(2), tie: row[3]))
    }
}
