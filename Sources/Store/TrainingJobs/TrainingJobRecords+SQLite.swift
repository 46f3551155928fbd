import GRDB
import Identity
import Kernel
import Ledger
import Platform
import Pricing
import Wire
import Workloads

extension SQLiteTransaction {
    static let jobColumns = """
        id, account, project, user_name, definition, created_at, attempt, flavor, cpu_millicores, memory_bytes, cards,
        step, outcome, outcome_message, is_stop_requested, granted_cards, placed_at, started_at, ended_at, exit_code,
        peak_memory_bytes, cpu_milliseconds, dropped_log_bytes, last_sequence, hold, is_deleted
        """

    func insert(_ job: TrainingJob) throws {
        let marks = Array(repeating: "?", count: 29).joined(separator: ", ")
        let machine = job.machine
        try execute(
            "INSERT INTO training_jobs (\(Self.jobColumns), name, phase, pool) VALUES (\(marks))",
            [
                job.id.text, job.account.text, job.project.text, job.userName, job.definition.json.text(),
                job.createdAt.milliseconds, job.attempt.text, job.demand.flavor.text, job.demand.cpuMillicores,
                job.demand.memoryBytes, job.demand.accelerators, machine.step.rawValue,
                machine.outcome?.kind.rawValue, machine.outcome?.message ?? "", machine.isStopRequested ? 1 : 0,
                job.accelerators.cardsText, job.placedAt?.milliseconds, job.startedAt?.milliseconds,
                job.endedAt?.milliseconds,
                job.exitCode, job.peakMemoryBytes, job.cpuMilliseconds, job.droppedLogBytes, job.lastSequence,
                job.hold?.text, job.isDeleted ? 1 : 0, job.definition.name, machine.phase.rawValue,
                job.definition.resource.pool?.text,
            ])
    }

    func update(_ job: TrainingJob) throws {
        let machine = job.machine
        let changed = try execute(
            """
            UPDATE training_jobs SET definition = ?, step = ?, outcome = ?, outcome_message = ?, is_stop_requested = ?,
                granted_cards = ?, placed_at = ?, started_at = ?, ended_at = ?, exit_code = ?, peak_memory_bytes = ?,
                cpu_milliseconds = ?, dropped_log_bytes = ?, last_sequence = ?, hold = ?, is_deleted = ?, phase = ?
            WHERE id = ?
            """,
            [
                job.definition.json.text(), machine.step.rawValue, machine.outcome?.kind.rawValue,
                machine.outcome?.message ?? "", machine.isStopRequested ? 1 : 0, job.accelerators.cardsText,
                job.placedAt?.milliseconds, job.startedAt?.milliseconds, job.endedAt?.milliseconds, job.exitCode,
                job.peakMemoryBytes, job.cpuMilliseconds, job.droppedLogBytes, job.lastSequence, job.hold?.text,
                job.isDeleted ? 1 : 0, machine.phase.rawValue, job.id.text,
            ])
        guard changed == 1 else { throw Fault(.internalFault, "There is no training job \(job.id) to update.") }
    }

    func trainingJob(_ id: TrainingJobID, in project: ProjectID) throws -> TrainingJob? {
        try row(
            "SELECT \(Self.jobColumns) FROM training_jobs WHERE id = ? AND project = ? AND is_deleted = 0",
            [id.text, project.text], job(of:))
    }

    func trainingJob(_ id: TrainingJobID) throws -> TrainingJob? {
        try row("SELECT \(Self.jobColumns) FROM training_jobs WHERE id = ?", [id.text], job(of:))
    }

    func trainingJob(attempt: AttemptID) throws -> TrainingJob? {
        try row("SELECT \(Self.jobColumns) FROM training_jobs WHERE attempt = ?", [attempt.text], job(of:))
    }

    func hasTrainingJob(named name: String, in project: ProjectID) throws -> Bool {
        try number(
            "SELECT COUNT(*) FROM training_jobs WHERE project = ? AND name = ? AND is_deleted = 0",
            [project.text, name]) > 0
    }

    func trainingJobs(
        inSteps steps: [TrainingJobMachine.Step], pool: PoolFilter, limit: Int
    ) throws -> [TrainingJob] {
        guard !steps.isEmpty else { return [] }
        let marks = Array(repeating: "?", count: steps.count).joined(separator: ", ")
        let (condition, id): (String, [(any DatabaseValueConvertible)?]) =
            switch pool {
            case .any: ("", [])
            case .shared: ("AND pool IS NULL", [])
            case .dedicated(let pool): ("AND pool = ?", [pool.text])
            }
        return try rows(
            """
            SELECT \(Self.jobColumns) FROM training_jobs
            WHERE step <> 'ended' AND step IN (\(marks)) \(condition) ORDER BY number LIMIT ?
            """, steps.map(\.rawValue) + id + [limit], job(of:))
    }

    func poolsWithQueue() throws -> [PoolID?] {
        try rows("SELECT DISTINCT pool FROM training_jobs WHERE step <> 'ended' AND step = 'queued'") { row in
            (row[0] as String?).map { PoolID($0) }
        }
    }

    func activeTrainingJobs(in project: ProjectID) throws -> Int {
        Int(try number("SELECT COUNT(*) FROM training_jobs WHERE project = ? AND step <> 'ended'", [project.text]))
    }

    func queuePosition(of job: TrainingJobID) throws -> Int {
        Int(
            try number(
                """
                SELECT COUNT(*)
                FROM training_jobs AS other, (SELECT number, pool FROM training_jobs WHERE id = ?) AS this
                WHERE other.step <> 'ended' AND other.step = 'queued' AND other.number < this.number
                    AND other.pool IS NOT DISTINCT FROM this.pool
                """, [job.text]))
    }

    func job(of row: Row) throws -> TrainingJob {
        let definition: TrainingJobDefinition
        do {
            definition = try TrainingJobDefinition(json: JSONValue(parsing: Array((row[4] as String).utf8)))
        } catch {
            throw Fault(
                .internalFault, "Training job \(row[0] as String) is kept in a form that cannot be read: \(error)")
        }
        return TrainingJob(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), userName: row[3],
            definition: definition, createdAt: row.instant(5), attempt: row.identifier(6),
            demand: Demand(
                flavor: row.identifier(7), cpuMillicores: row[8], memoryBytes: row[9], accelerators: row[10]),
            machine: TrainingJobMachine(
                step: try row.word(11), outcome: try outcome(of: row), isStopRequested: row[14] as Int64 == 1),
            accelerators: row.cards(15),
            placedAt: row.instantIfAny(16), startedAt: row.instantIfAny(17), endedAt: row.instantIfAny(18),
            exitCode: row[19], peakMemoryBytes: row[20], cpuMilliseconds: row[21], droppedLogBytes: row[22],
            lastSequence: row[23], hold: (row[24] as String?).map { HoldID($0) }, isDeleted: row[25] as Int64 == 1)
    }

    private func outcome(of row: Row) throws -> TrainingJobMachine.Outcome? {
        guard row[12] as String? != nil else { return nil }
        return TrainingJobMachine.Outcome(try row.word(12), row[13])
    }
}
