import Billing
import GRDB
import Identity
import Kernel
import Metering
import Platform
import Pricing

extension SQLiteTransaction {
    private static let segmentColumns =
        "id, resource, product, flavor, quantity, account, project, resource_name, book, settled_through, is_abandoned"

    func insert(_ metered: MeteredSegment) throws {
        let segment = metered.segment
        try execute(
            """
            INSERT INTO metered_segments
                (id, resource, product, flavor, quantity, account, project, resource_name, book)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                segment.id.text, segment.resource.text, segment.product.text, segment.flavor.text, segment.quantity,
                metered.account.text, metered.project.text, metered.resourceName, metered.book,
            ])
    }

    func meteredSegment(_ id: SegmentID) throws -> MeteredSegment? {
        try row(
            "SELECT \(Self.segmentColumns) FROM metered_segments WHERE id = ?", [id.text], metered(of:))
    }

    func meteredSegments(of resource: ResourceID) throws -> [MeteredSegment] {
        try rows(
            "SELECT \(Self.segmentColumns) FROM metered_segments WHERE resource = ? ORDER BY number",
            [resource.text], metered(of:))
    }

    func meteredSegments(after: SegmentID?, limit: Int) throws -> [MeteredSegment] {
        try rows(
            "SELECT \(Self.segmentColumns) FROM metered_segments WHERE id > ? ORDER BY id LIMIT ?",
            [after?.text ?? "", limit], metered(of:))
    }

    func meteredSegments(account: AccountID, product: ProductID, flavor: FlavorID) throws -> [MeteredSegment] {
        try rows(
            """
            SELECT \(Self.segmentColumns) FROM metered_segments
            WHERE account = ? AND product = ? AND flavor = ? ORDER BY id
            """, [account.text, product.text, flavor.text], metered(of:))
    }

    @discardableResult
    func append(_ fact: Fact, recordedAt: Instant) throws -> Bool {
        let changed = try execute(
            """
            INSERT INTO facts (segment, sequence, happened, kind, recorded_at) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (segment, sequence) DO NOTHING
            """,
            [fact.segment.text, fact.sequence, fact.at.value, fact.kind.rawValue, recordedAt.milliseconds])
        if changed == 1 { return true }
        let known = try row(
            "SELECT segment, sequence, happened, kind FROM facts WHERE segment = ? AND sequence = ?",
            [fact.segment.text, fact.sequence], self.fact(of:))
        guard known == fact else {
            throw Fault(
                .conflict, "Fact \(fact.sequence) of \(fact.segment) is known with other content; facts never change.")
        }
        return false
    }

    func facts(of segment: SegmentID) throws -> [Fact] {
        try rows(
            "SELECT segment, sequence, happened, kind FROM facts WHERE segment = ? ORDER BY sequence", [segment.text],
            fact(of:))
    }

    private func fact(of row: Row) throws -> Fact {
        Fact(segment: row.identifier(0), sequence: row[1], at: row.second(2), kind: try row.word(3))
    }

    func unsettledSegments(after: SegmentID?, limit: Int) throws -> [UnsettledSegment] {
        try rows(
            """
            SELECT \(Self.segmentColumns) FROM metered_segments
            WHERE is_final = 0 AND id > ? ORDER BY id LIMIT ?
            """, [after?.text ?? "", limit], unsettled(of:)
        ).map(withFacts)
    }

    func unsettledSegments(of account: AccountID) throws -> [UnsettledSegment] {
        try rows(
            """
            SELECT \(Self.segmentColumns) FROM metered_segments
            WHERE is_final = 0 AND account = ? ORDER BY id
            """, [account.text], unsettled(of:)
        ).map(withFacts)
    }

    func settled(_ segment: SegmentID, through: Second, isFinal: Bool) throws {
        let changed = try execute(
            "UPDATE metered_segments SET settled_through = ?, is_final = ? WHERE id = ?",
            [through.value, isFinal ? 1 : 0, segment.text])
        guard changed == 1 else { throw Fault(.internalFault, "There is no stretch \(segment) to settle.") }
    }

    /// A stretch that never began has nothing to note.
    func abandon(_ segment: SegmentID) throws {
        try execute("UPDATE metered_segments SET is_abandoned = 1 WHERE id = ?", [segment.text])
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

    private func metered(of row: Row) -> MeteredSegment {
        MeteredSegment(
            segment: Segment(
                id: row.identifier(0), resource: row.identifier(1), product: row.identifier(2),
                flavor: row.identifier(3), quantity: row[4]),
            account: row.identifier(5), project: row.identifier(6), resourceName: row[7], book: row[8])
    }

    private func unsettled(of row: Row) -> UnsettledSegment {
        UnsettledSegment(
            metered: metered(of: row), settledThrough: (row[9] as Int64?).map { Second($0) },
            isAbandoned: row[10] as Int64 == 1, facts: [])
    }

    private func withFacts(_ stretch: UnsettledSegment) throws -> UnsettledSegment {
        UnsettledSegment(
            metered: stretch.metered, settledThrough: stretch.settledThrough, isAbandoned: stretch.isAbandoned,
            facts: try facts(of: stretch.metered.segment.id))
    }
}
