import GRDB
import Identity
import Kernel
import Platform

extension SQLiteTransaction {
    private static let jobSelection = """
        SELECT id, project, parent, kind, volume, begun_at, ended_at, failure FROM volume_jobs
        """

    func insert(_ job: VolumeJob) throws {
        try execute(
            """
            INSERT INTO volume_jobs (id, project, parent, kind, volume, begun_at, ended_at, failure)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                job.id.text, job.project.text, job.parent?.text, job.kind.rawValue, job.volume?.text,
                job.begunAt.milliseconds, job.endedAt?.milliseconds, job.failure,
            ])
    }

    func volumeJob(_ id: VolumeJobID, in project: ProjectID) throws -> VolumeJob? {
        try row("\(Self.jobSelection) WHERE id = ? AND project = ?", [id.text, project.text], volumeJob(of:))
    }

    func volumeJobs(of parent: VolumeJobID) throws -> [VolumeJob] {
        try rows("\(Self.jobSelection) WHERE parent = ? ORDER BY number", [parent.text], volumeJob(of:))
    }

    func openVolumeJob(of volume: VolumeID, kind: VolumeJob.Kind) throws -> VolumeJob? {
        try row(
            "\(Self.jobSelection) WHERE volume = ? AND kind = ? AND ended_at IS NULL ORDER BY number",
            [volume.text, kind.rawValue], volumeJob(of:))
    }

    func endVolumeJobs(of volume: VolumeID, kind: VolumeJob.Kind, at: Instant, failure: String?) throws {
        try execute(
            "UPDATE volume_jobs SET ended_at = ?, failure = ? WHERE volume = ? AND kind = ? AND ended_at IS NULL",
            [at.milliseconds, failure, volume.text, kind.rawValue])
    }

    func insert(_ key: RequestKey, answer: String, at: Instant) throws {
        try execute(
            "INSERT INTO request_keys (project, token, content, answer, made_at) VALUES (?, ?, ?, ?, ?)",
            [key.project.text, key.token, key.content, answer, at.milliseconds])
    }

    func requestKey(_ token: String, in project: ProjectID) throws -> (content: String, answer: String)? {
        try row(
            "SELECT content, answer FROM request_keys WHERE project = ? AND token = ?", [project.text, token]
        ) { (content: $0[0], answer: $0[1]) }
    }

    private func volumeJob(of row: Row) throws -> VolumeJob {
        VolumeJob(
            id: row.identifier(0), project: row.identifier(1), parent: (row[2] as String?).map { VolumeJobID($0) },
            kind: try row.word(3), volume: (row[4] as String?).map { VolumeID($0) }, begunAt: row.instant(5),
            endedAt: row.instantIfAny(6), failure: row[7])
    }
}
