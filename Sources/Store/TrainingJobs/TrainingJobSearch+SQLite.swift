import GRDB
import Identity
import Kernel
import Platform
import Workloads

extension SQLiteTransaction {
    /// Statements are prepared anew each time: their texts vary with the request, and a cache of them would grow.
    func trainingJobs(_ query: TrainingJobQuery) throws -> Page<TrainingJob> {
        var conditions = ["project = ?", "is_deleted = 0"]
        var values: [(any DatabaseValueConvertible)?] = [query.project.text]
        func narrow(_ condition: String, _ more: [(any DatabaseValueConvertible)?]) {
            conditions.append(condition)
            values += more
        }
        func narrow(_ column: String, in words: [String]) {
            guard !words.isEmpty else { return narrow("1 = 0", []) }
            let marks = Array(repeating: "?", count: words.count).joined(separator: ", ")
            narrow("\(column) IN (\(marks))", words)
        }
        if let text = query.nameContains { narrow(Self.nameMatches, ["%" + Self.literal(text) + "%"]) }
        if let ids = query.ids { narrow("id", in: ids.map(\.text)) }
        if let phases = query.phases { narrow("phase", in: phases.map(\.rawValue)) }
        if let after = query.createdAfter { narrow("created_at >= ?", [after.milliseconds]) }
        if let before = query.createdBefore { narrow("created_at <= ?", [before.milliseconds]) }
        if let user = query.user { narrow("user_name = ?", [user]) }
        if let flavor = query.flavor { narrow("flavor = ?", [flavor]) }
        return try search(query, where: conditions.joined(separator: " AND "), values)
    }

    private func search(
        _ query: TrainingJobQuery, where filter: String, _ values: [(any DatabaseValueConvertible)?]
    ) throws -> Page<TrainingJob> {
        let direction = query.isAscending ? "ASC" : "DESC"
        let column = query.isSortedByName ? "name" : "created_at"
        let total = try number("SELECT COUNT(*) FROM training_jobs WHERE \(filter)", values, isCached: false)
        let jobs = try rows(
            """
            SELECT \(Self.jobColumns) FROM training_jobs WHERE \(filter)
            ORDER BY \(column) \(direction), number \(direction) LIMIT ? OFFSET ?
            """, values + [query.page.limit, query.page.offset], isCached: false, job(of:))
        return Page(items: jobs, total: Int(total))
    }

    /// Both sides in lower case, because LIKE alone minds the case in PostgreSQL and not in SQLite.
    private static let nameMatches = "LOWER(name) LIKE LOWER(?) ESCAPE '\\'"

    /// A text that LIKE takes as it stands.
    private static func literal(_ text: String) -> String {
        text.reduce(into: "") { literal, character in
            if character == "%" || character == "_" || character == "\\" { literal.append("\\") }
            literal.append(character)
        }
    }

    func append(_ event: TrainingJobEvent) throws {
        try execute(
            "INSERT INTO training_job_events (job, happened_at, level, text) VALUES (?, ?, ?, ?)",
            [event.job.text, event.at.milliseconds, event.level.rawValue, event.text])
    }

    func events(of job: TrainingJobID, page: PageRequest) throws -> Page<TrainingJobEvent> {
        let total = try number("SELECT COUNT(*) FROM training_job_events WHERE job = ?", [job.text])
        let events = try rows(
            """
            SELECT job, happened_at, level, text FROM training_job_events
            WHERE job = ? ORDER BY number LIMIT ? OFFSET ?
            """, [job.text, page.limit, page.offset]
        ) { row in
            TrainingJobEvent(job: row.identifier(0), at: row.instant(1), level: try row.word(2), text: row[3])
        }
        return Page(items: events, total: Int(total))
    }
}
