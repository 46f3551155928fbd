import Billing
import GRDB
import Identity
import Kernel
import Metering
import Platform
import Pricing

extension SQLiteTransaction {
    private static let columns =
        "id, resource, product, flavor, quantity, s.account, project, resource_name, book, meter, witness"
    private static let segments = "SELECT \(columns) FROM metered_segments AS s"
    private static let proven = """
        SELECT \(columns), started, alive, ended, settled_through, is_abandoned
        FROM segment_progress AS p CROSS JOIN metered_segments AS s ON s.number = p.number
        """

    func insert(_ metered: MeteredSegment) throws {
        try insert(metered, Self.insertion)
        let number = database.lastRow
        try database.run("INSERT INTO segment_progress (account, segment, number) VALUES (?, ?, ?)") { binder in
            binder.add(metered.account.text)
            binder.add(metered.segment.id.text)
            binder.add(number)
        }
    }

    func insertSeries(_ metered: MeteredSegment) throws {
        try insert(metered, Self.insertion + " ON CONFLICT (id) DO NOTHING")
    }

    private static let insertion = """
        INSERT INTO metered_segments
            (id, resource, product, flavor, quantity, account, project, resource_name, book, meter, witness)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private func insert(_ metered: MeteredSegment, _ sql: String) throws {
        let segment = metered.segment
        try database.run(sql) { binder in
            for text in [segment.id.text, segment.resource.text, segment.product.text, segment.flavor.text] {
                binder.add(text)
            }
            binder.add(segment.quantity)
            for text in [metered.account.text, metered.project.text, metered.resourceName, metered.book] {
                binder.add(text)
            }
            binder.add(metered.meter?.text)
            binder.add(metered.witness.rawValue)
        }
    }

    func meteredSegment(_ id: SegmentID) throws -> MeteredSegment? {
        try row(
            "\(Self.segments) WHERE id = ?", [id.text], metered(of:))
    }

    func meteredSegments(of resource: ResourceID) throws -> [MeteredSegment] {
        try rows(
            "\(Self.segments) WHERE resource = ? ORDER BY number",
            [resource.text], metered(of:))
    }

    func meteredSegments(after: SegmentID?, limit: Int) throws -> [MeteredSegment] {
        try rows(
            "\(Self.segments) WHERE id > ? ORDER BY id LIMIT ?",
            [after?.text ?? "", limit], metered(of:))
    }

    func segments(of use: AccountUse) throws -> [ProvenSegment] {
        try rows(
            """
            SELECT \(Self.columns), started, alive, ended, settled_through, is_abandoned
            FROM metered_segments AS s
                LEFT JOIN segment_progress AS p ON p.account = s.account AND p.segment = s.id
            WHERE s.account = ? AND product = ? AND flavor = ? ORDER BY id
            """, [use.account.text, use.product.text, use.flavor.text], proven(of:))
    }

    func segments(of account: AccountID, product: ProductID) throws -> [ProvenSegment] {
        try rows(
            """
            SELECT \(Self.columns), started, alive, ended, settled_through, is_abandoned
            FROM metered_segments AS s
                LEFT JOIN segment_progress AS p ON p.account = s.account AND p.segment = s.id
            WHERE s.account = ? AND product = ? ORDER BY id
            """, [account.text, product.text], proven(of:))
    }

    func accountUses() throws -> [AccountUse] {
        try rows("SELECT DISTINCT account, product, flavor FROM metered_segments ORDER BY 1, 2, 3") { row in
            AccountUse(account: row.identifier(0), product: row.identifier(1), flavor: row.identifier(2))
        }
    }

    @discardableResult
    func append(_ fact: Fact, recordedAt: Instant) throws -> Bool {
        let changed = try execute(
            """
            INSERT INTO facts (segment, sequence, happened, kind, recorded_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (segment, sequence) DO NOTHING
            """,
            [fact.segment.text, fact.sequence, fact.at.value, fact.kind.rawValue, recordedAt.milliseconds])
        if changed == 1 {
            try note(fact)
            return true
        }
        let known = try row(
            "SELECT segment, sequence, happened, kind FROM facts WHERE segment = ? AND sequence = ?",
            [fact.segment.text, fact.sequence], self.fact(of:))
        guard known == fact else {
            throw Fault(
                .conflict, "Fact \(fact.sequence) of \(fact.segment) is known with other content; facts never change.")
        }
        return false
    }

    func lastFact(of segment: SegmentID) throws -> Fact? {
        try row(
            """
            SELECT segment, sequence, happened, kind FROM facts WHERE segment = ? ORDER BY sequence DESC LIMIT 1
            """, [segment.text], fact(of:))
    }

    func facts(of segment: SegmentID) throws -> [Fact] {
        try rows(
            "SELECT segment, sequence, happened, kind FROM facts WHERE segment = ? ORDER BY sequence", [segment.text],
            fact(of:))
    }

    private func fact(of row: Row) throws -> Fact {
        Fact(segment: row.identifier(0), sequence: row[1], at: row.second(2), kind: try row.word(3))
    }

    /// The row of a segment that is the second value.
    private static let ofSegment = """
        account = (SELECT account FROM metered_segments WHERE id = ?2) AND segment = ?2
        """

    /// Keeps beside the stretch what its facts say together, so that closing an hour need not read them all.
    private func note(_ fact: Fact) throws {
        let change =
            switch fact.kind {
            case .started: "started = COALESCE(started, ?1)"
            case .alive: "alive = MAX(COALESCE(alive, ?1), ?1)"
            case .ended: "ended = COALESCE(ended, ?1)"
            }
        let sql = "UPDATE segment_progress SET \(change) WHERE \(Self.ofSegment)"
        try database.run(sql) { binder in
            binder.add(fact.at.value)
            binder.add(fact.segment.text)
        }
    }

    func unsettledSegments(before end: Second, after: ProvenSegment?, limit: Int) throws -> [ProvenSegment] {
        try rows(
            """
            \(Self.proven)
            WHERE is_final = 0 AND (p.account, p.segment) > (?, ?) AND started < ?
                AND (settled_through IS NULL OR settled_through < ?)
            ORDER BY p.account, p.segment LIMIT ?
            """,
            [
                after?.metered.account.text ?? "", after?.metered.segment.id.text ?? "", end.value, end.value, limit,
            ], proven(of:))
    }

    func unprovenSegments(until end: Second, witness: Witness) throws -> [SegmentID] {
        try rows(
            """
            SELECT segment FROM segment_progress AS p CROSS JOIN metered_segments AS s ON s.number = p.number
            WHERE is_final = 0 AND is_abandoned = 0 AND ended IS NULL
                AND (started IS NULL OR MAX(started, COALESCE(alive, started)) < ?) AND witness = ?
            ORDER BY segment
            """, [end.value, witness.rawValue]
        ) { $0.identifier(0) }
    }

    func firstUnsettled(unknownAs unknown: Second) throws -> Second? {
        let stretch = try row(
            """
            SELECT MIN(CASE WHEN started IS NULL AND is_abandoned = 1 THEN NULL
                ELSE COALESCE(settled_through, started, ?) END)
            FROM segment_progress WHERE is_final = 0
            """, [unknown.value]
        ) { $0[0] as Int64? }
        let reading = try row("SELECT MIN(since) FROM meter_readings WHERE is_settled = 0") { $0[0] as Int64? }
        let package = try row("SELECT MIN(effective_from) FROM resource_packages WHERE is_applied = 0") {
            $0[0] as Int64?
        }
        return [stretch, reading, package].compactMap { $0 ?? nil }.min().map { Second($0) }
    }

    func unsettledSegments(of account: AccountID) throws -> [ProvenSegment] {
        try rows(
            """
            \(Self.proven) WHERE is_final = 0 AND p.account = ? ORDER BY p.segment
            """, [account.text], proven(of:))
    }

    func settled(_ metered: MeteredSegment, through: Second, isFinal: Bool) throws {
        // Only what ends leaves the index of what is unsettled; naming its column would have SQLite look it up.
        let sql =
            isFinal
            ? "UPDATE segment_progress SET settled_through = ?, is_final = 1 WHERE account = ? AND segment = ?"
            : "UPDATE segment_progress SET settled_through = ? WHERE account = ? AND segment = ?"
        try database.run(sql) { binder in
            binder.add(through.value)
            binder.add(metered.account.text)
            binder.add(metered.segment.id.text)
        }
        guard database.changesCount == 1 else {
            throw Fault(.internalFault, "There is no stretch \(metered.segment.id) to settle.")
        }
    }

    func settledThrough(_ metered: MeteredSegment) throws -> Second? {
        try row(
            "SELECT settled_through FROM segment_progress WHERE account = ? AND segment = ?",
            [metered.account.text, metered.segment.id.text]
        ) { ($0[0] as Int64?).map { Second($0) } } ?? nil
    }

    /// A stretch that never began has nothing to note.
    func abandon(_ segment: SegmentID) throws {
        try execute("UPDATE segment_progress SET is_abandoned = ?1 WHERE \(Self.ofSegment)", [1, segment.text])
    }

    func openHour() throws -> Second? {
        try row("SELECT second FROM marks WHERE name = 'open hour'") { $0.second(0) }
    }

    func setOpenHour(_ hour: Second) throws {
        try execute(
            """
            INSERT INTO marks (name, second) VALUES ('open hour', ?)
            ON CONFLICT (name) DO UPDATE SET second = excluded.second
            """, [hour.value])
    }

    private func metered(of row: Row) throws -> MeteredSegment {
        MeteredSegment(
            segment: Segment(
                id: row.identifier(0), resource: row.identifier(1), product: row.identifier(2),
                flavor: row.identifier(3), quantity: row[4]),
            account: row.identifier(5), project: row.identifier(6), resourceName: row[7], book: row[8],
            meter: (row[9] as String?).map { MeterID($0) }, witness: try row.word(10))
    }

    private func proven(of row: Row) throws -> ProvenSegment {
        let (alive, ended) = (row[12] as Int64?, row[13] as Int64?)
        let interval = (row[11] as Int64?).map { started in
            RunInterval(
                start: Second(started), provenUntil: Second(max(started, ended ?? alive ?? started)),
                isEnded: ended != nil)
        }
        return ProvenSegment(
            metered: try metered(of: row), interval: interval, settledThrough: (row[14] as Int64?).map { Second($0) },
            isAbandoned: (row[15] as Int64?) == 1)
    }
}
