import GRDB
import Kernel
import Platform
import Wire
import Workloads

extension SQLiteTransaction {
    func put(_ record: DeploymentRecord) throws {
        try execute(
            """
            INSERT INTO deployment_versions (service, deployment, version, config, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (service, deployment, version) DO UPDATE SET updated_at = excluded.updated_at
            """,
            [
                record.service.text, record.config.deployment, record.config.version.number,
                String(decoding: record.config.json.bytes(), as: UTF8.self), record.createdAt.milliseconds,
                record.updatedAt.milliseconds,
            ])
    }

    func versions(of service: ServiceID, deployment: String?) throws -> [DeploymentRecord] {
        try rows(
            """
            SELECT config, created_at, updated_at FROM deployment_versions
            WHERE service = ?1 AND (?2 IS NULL OR deployment = ?2) ORDER BY deployment, version DESC
            """, [service.text, deployment]
        ) { row in
            DeploymentRecord(
                service: service, config: try ServiceConfig.stored(JSONValue(parsing: Array((row[0] as String).utf8))),
                createdAt: row.instant(1), updatedAt: row.instant(2))
        }
    }

    func delete(_ version: DeploymentVersion, of service: ServiceID, deployment: String) throws {
        try execute(
            "DELETE FROM deployment_versions WHERE service = ? AND deployment = ? AND version = ?",
            [service.text, deployment, version.number])
    }

    func append(_ event: InstanceEvent) throws {
        try execute(
            "INSERT INTO service_instance_events (attempt, at, is_problem, reason, text) VALUES (?, ?, ?, ?, ?)",
            [event.attempt.text, event.at.milliseconds, event.isProblem ? 1 : 0, event.reason, event.text])
    }

    func instanceEvents(of attempt: AttemptID) throws -> [InstanceEvent] {
        try rows(
            "SELECT at, is_problem, reason, text FROM service_instance_events WHERE attempt = ? ORDER BY number",
            [attempt.text]
        ) { row in
            InstanceEvent(
                attempt: attempt, at: row.instant(0), isProblem: row[1] as Int64 == 1, reason: row[2], text: row[3])
        }
    }

    func append(_ event: ScalingEvent) throws {
        try execute(
            """
            INSERT INTO scaling_events (service, deployment, at, count_before, count_wanted, count_after, text)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            [
                event.service.text, event.deployment, event.at.milliseconds, event.before, event.wanted, event.after,
                event.text,
            ])
        try execute(
            """
            DELETE FROM scaling_events WHERE service = ?1 AND deployment = ?2 AND number <= (
                SELECT number FROM scaling_events WHERE service = ?1 AND deployment = ?2
                ORDER BY number DESC LIMIT 1 OFFSET ?3)
            """, [event.service.text, event.deployment, Limits.serviceEvents])
    }

    func scalingEvents(of service: ServiceID, deployment: String) throws -> [ScalingEvent] {
        try rows(
            """
            SELECT at, count_before, count_wanted, count_after, text FROM scaling_events
            WHERE service = ? AND deployment = ? ORDER BY number DESC
            """, [service.text, deployment]
        ) { row in
            ScalingEvent(
                service: service, deployment: deployment, at: row.instant(0), before: row[1], wanted: row[2],
                after: row[3], text: row[4])
        }
    }
}
