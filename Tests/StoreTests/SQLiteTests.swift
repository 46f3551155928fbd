import Foundation
import GRDB
import Kernel
import Ledger
import Metering
import Platform
import Synchronization
import Testing

@testable import Store

/// What only the SQLite file can show.
@Suite struct SQLiteTests {
    private static let refused: [String] = ["postings", "entries", "facts", "bill_lines"].flatMap { table in
        ["DELETE FROM \(table)", "UPDATE \(table) SET \(table == "entries" ? "amount = 7" : "rowid = rowid")"]
    }

    /// A file with one record of everything that is append-only.
    private static func filled() async throws -> (test: TestStore, queue: DatabaseQueue) {
        let test = try await TestStore.populated()
        try await test.store.write { transaction throws in
            try transaction.append(
                Sample.posting("1", [(Sample.ledger(.cash), 100), (Sample.ledger(.funding), -100)]))
            try transaction.insert(Sample.metered("a/0"))
            try transaction.append(Sample.fact("a/0", 0, at: 1, .started), recordedAt: Instant(milliseconds: 1))
            try transaction.append([Sample.line("1")])
        }
        return (test, try DatabaseQueue(path: test.folder + "/store.sqlite"))
    }

    @Test(arguments: refused) func historyCannotBeChangedEvenByHand(sql: String) async throws {
        let (_, queue) = try await Self.filled()
        let error = #expect(throws: DatabaseError.self) { try queue.write { try $0.execute(sql: sql) } }
        #expect(error?.message?.hasSuffix("are append-only") == true)
    }

    @Test func tablesAreStrict() async throws {
        let (_, queue) = try await Self.filled()
        let loose = try await queue.read { database in
            try String.fetchAll(
                database, sql: "SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite_%'")
        }
        #expect(loose.isEmpty)
    }

    // MARK: Schema

    @Test func aNewerSchemaIsRefused() async throws {
        try await expectRefusal(after: "INSERT INTO schema_steps VALUES (99, 'f')", saying: "newer release")
    }

    @Test func anUnknownStepIsRefused() async throws {
        try await expectRefusal(after: "UPDATE schema_steps SET fingerprint = 'f'", saying: "Schema step 1")
    }

    @Test func aFileOfSomethingElseIsRefused() async throws {
        try await expectRefusal(after: "DROP TABLE schema_steps", saying: "not Atelier's")
    }

    private func expectRefusal(after sql: String, saying words: String) async throws {
        let (test, queue) = try await Self.filled()
        try await queue.write { try $0.execute(sql: sql) }
        let fault = await #expect(throws: Fault.self) { _ = try await SQLiteStore(path: test.folder + "/store.sqlite") }
        #expect(fault?.code == .conflict && fault?.message.contains(words) == true)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() async throws {
        let test = try await TestStore()
        let path = test.folder + "/text"
        try Data(String(repeating: "no database ", count: 500).utf8).write(to: URL(filePath: path))
        let fault = await #expect(throws: Fault.self) { _ = try await SQLiteStore(path: path) }
        #expect(fault?.message.contains("damaged or no database") == true)
    }

    /// A step that was released never changes: its text is pinned here, and a change needs a new step.
    @Test func releasedStepsAreFrozen() {
        #expect(
            Migrations.all.map(Migrations.fingerprint) == [
                "00000000000000006dc44f9c3b6772cd", "00000000000000004d56f975d8165521",
                "00000000000000006735c60e2b855fde", "0000000000000000f174e910baf59241",
                "00000000000000007c169cbc93b07e8b", "0000000000000000d72e4cff0d591328",
                "0000000000000000681e45e5f5da8159", "00000000000000006802cb243bfe6af1",
                "0000000000000000d829f0985a8ff589", "0000000000000000a7c360e1e3ec87c2",
                "0000000000000000253e9af264361edb", "00000000000000005f5a5fed4bb247bc",
                "0000000000000000e2153a04a1e1dcd5", "0000000000000000a768174171a2d432",
                "0000000000000000cf81196912bf678f",
            ])
    }

    @Test func openingAgainChangesNothing() async throws {
        let (test, queue) = try await Self.filled()
        _ = try await SQLiteStore(path: test.folder + "/store.sqlite")
        #expect(
            try await queue.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM schema_steps") }
                == Migrations.all.count)
    }

    // MARK: Cost

    /// Ended jobs and settled stretches pile up; what the server asks at its start and all day must not walk them.
    @Test(arguments: [
        "SELECT * FROM training_jobs WHERE step <> 'ended' AND step IN ('queued', 'running') ORDER BY number LIMIT 9",
        "SELECT COUNT(*) FROM training_jobs WHERE project = 'p' AND step <> 'ended'",
        "SELECT COUNT(*) FROM training_jobs WHERE project = 'p' AND name = 'n' AND is_deleted = 0",
        """
        SELECT COUNT(*) FROM training_jobs WHERE step <> 'ended' AND step = 'queued'
            AND number < (SELECT number FROM training_jobs WHERE id = 'i')
        """,
        """
        SELECT * FROM training_jobs WHERE project = 'p' AND is_deleted = 0
        ORDER BY created_at DESC, number DESC LIMIT 50
        """,
        """
        SELECT * FROM training_jobs WHERE project = 'p' AND is_deleted = 0 AND phase IN ('Running')
        ORDER BY created_at, number
        """,
        """
        SELECT * FROM segment_progress AS p CROSS JOIN metered_segments AS s ON s.number = p.number
        WHERE is_final = 0 AND (p.account, p.segment) > ('a', 'b') AND started < 9
            AND (settled_through IS NULL OR settled_through < 9) ORDER BY p.account, p.segment LIMIT 9
        """,
        "SELECT * FROM meter_readings WHERE segment = 's' AND since >= 1 AND since < 9 ORDER BY since",
        """
        SELECT segment, account, MIN(since) FROM meter_readings WHERE is_settled = 0 AND since < 9 AND account = 'a'
        GROUP BY account, segment ORDER BY account, segment
        """,
        "SELECT * FROM bill_lines WHERE settlement = 's' ORDER BY number",
        "SELECT * FROM segment_progress WHERE is_final = 0 AND account = 'a' ORDER BY segment",
        """
        SELECT * FROM bill_lines
        WHERE account = 'a' AND resource = 'r' AND hour = 1 AND segment = 's' ORDER BY number
        """,
        "SELECT * FROM bill_lines WHERE account = 'a' AND cycle = 'c' ORDER BY hour DESC, number DESC LIMIT 9",
        "SELECT * FROM bill_lines WHERE account = 'a' AND resource = 'r' ORDER BY hour, number",
        "SELECT * FROM postings WHERE reference = 'r' ORDER BY number",
    ])
    func dailyQuestionsUseAnIndex(sql: String) async throws {
        let (_, queue) = try await Self.filled()
        let plan = try await queue.read { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
        }
        #expect(plan.allSatisfy { !$0.hasPrefix("SCAN") || $0.contains("USING INDEX segments_unsettled") }, "\(plan)")
        if !sql.contains("IN ('queued'") { #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)") }
    }
}
