import GRDB
import Identity
import Kernel
import Platform
import Wire
import Workloads

extension SQLiteTransaction {
    private static let serviceColumns = """
        id, account, project, user_id, created_at, calls, failures, definition, served, wish, reason, begun_at,
        stop_at, updated_at, told
        """

    func insert(_ service: Service) throws {
        try execute(
            """
            INSERT INTO services (name, \(Self.serviceColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                service.definition.name, service.id.text, service.account.text, service.project.text,
                service.user.text, service.createdAt.milliseconds, service.calls, service.failures,
            ] + service.changeable)
    }

    func update(_ service: Service) throws {
        let changed = try execute(
            """
            UPDATE services SET definition = ?, served = ?, wish = ?, reason = ?, begun_at = ?, stop_at = ?,
                updated_at = ?, told = ?
            WHERE id = ?
            """, service.changeable + [service.id.text])
        guard changed == 1 else { throw Fault(.internalFault, "There is no service \(service.id) to update.") }
    }

    func count(calls: Int64, failures: Int64, of service: ServiceID) throws {
        try execute(
            "UPDATE services SET calls = calls + ?, failures = failures + ? WHERE id = ?",
            [calls, failures, service.text])
    }

    func delete(_ service: ServiceID) throws { try execute("DELETE FROM services WHERE id = ?", [service.text]) }

    func service(_ id: ServiceID) throws -> Service? {
        try row("SELECT \(Self.serviceColumns) FROM services WHERE id = ?", [id.text], service(of:))
    }

    func service(named name: String, in project: ProjectID) throws -> Service? {
        try row(
            "SELECT \(Self.serviceColumns) FROM services WHERE project = ? AND name = ?", [project.text, name],
            service(of:))
    }

    func services(in project: ProjectID?) throws -> [Service] {
        try rows(
            "SELECT \(Self.serviceColumns) FROM services WHERE ?1 IS NULL OR project = ?1 ORDER BY number DESC",
            [project?.text], service(of:))
    }

    func serviceCount(in project: ProjectID) throws -> Int {
        Int(try number("SELECT COUNT(*) FROM services WHERE project = ?", [project.text]))
    }

    func services(using model: ModelID) throws -> [String] {
        let deployed = try services(in: nil).filter { service in
            service.definition.configs.contains { $0.model == model.text }
        }
        let running = try rows(
            "SELECT DISTINCT service_name FROM service_instances WHERE model = ? AND step <> 'ended'", [model.text]
        ) { $0[0] as String }
        return Array(Set(deployed.map(\.definition.name) + running)).sorted()
    }

    func append(_ item: BatchItem, of service: ServiceID) throws {
        try execute(
            "INSERT OR REPLACE INTO batch_items (service, source, is_success, location, error) VALUES (?, ?, ?, ?, ?)",
            [service.text, item.source, item.isSuccess ? 1 : 0, item.location, item.error])
    }

    func batchItems(of service: ServiceID) throws -> [BatchItem] {
        try rows(
            "SELECT source, is_success, location, error FROM batch_items WHERE service = ? ORDER BY source",
            [service.text]
        ) { row in
            BatchItem(source: row[0], isSuccess: row[1] as Int64 == 1, location: row[2], error: row[3])
        }
    }

    func deleteBatchItems(of service: ServiceID) throws {
        try execute("DELETE FROM batch_items WHERE service = ?", [service.text])
    }

    func append(_ event: ServiceEvent) throws {
        try execute(
            "INSERT INTO service_events (service, at, is_problem, text) VALUES (?, ?, ?, ?)",
            [event.service.text, event.at.milliseconds, event.isProblem ? 1 : 0, event.text])
        try execute(
            """
            DELETE FROM service_events WHERE service = ?1 AND number <= (
                SELECT number FROM service_events WHERE service = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)
            """, [event.service.text, Limits.serviceEvents])
    }

    func serviceEvents(of service: ServiceID, limit: Int) throws -> [ServiceEvent] {
        try rows(
            "SELECT at, is_problem, text FROM service_events WHERE service = ? ORDER BY number DESC LIMIT ?",
            [service.text, limit]
        ) { row in
            ServiceEvent(service: service, at: row.instant(0), isProblem: row[1] as Int64 == 1, text: row[2])
        }
    }

    func append(_ update: ServiceUpdate) throws {
        try execute(
            "INSERT INTO service_updates (service, at, is_success, configs) VALUES (?, ?, ?, ?)",
            [update.service.text, update.at.milliseconds, update.isSuccess ? 1 : 0, ServiceText.text(update.configs)])
    }

    func serviceUpdates(of service: ServiceID, limit: Int) throws -> [ServiceUpdate] {
        try rows(
            "SELECT at, is_success, configs FROM service_updates WHERE service = ? ORDER BY number DESC LIMIT ?",
            [service.text, limit]
        ) { row in
            ServiceUpdate(
                service: service, at: row.instant(0), isSuccess: row[1] as Int64 == 1,
                configs: try ServiceText.configs(row[2]))
        }
    }

    private func service(of row: Row) throws -> Service {
        Service(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), user: row.identifier(3),
            createdAt: row.instant(4), updatedAt: row.instant(13),
            definition: try ServiceDefinition(json: JSONValue(parsing: Array((row[7] as String).utf8))),
            served: try ServiceText.configs(row[8]), wish: try row.word(9), reason: row[10],
            begunAt: row.instantIfAny(11), stopAt: row.instantIfAny(12), calls: row[5], failures: row[6],
            told: row[14])
    }
}

/// Configs as columns hold them.
enum ServiceText {
    static func text(_ configs: [ServiceConfig]) -> String {
        String(decoding: JSONValue.array(configs.map(\.json)).bytes(), as: UTF8.self)
    }

    static func configs(_ text: String) throws -> [ServiceConfig] {
        try (JSONValue(parsing: Array(text.utf8)).array ?? []).map(ServiceConfig.stored)
    }
}

extension Service {
    /// Everything that can change, in the order of the columns.
    fileprivate var changeable: [(any DatabaseValueConvertible)?] {
        [
            String(decoding: definition.json.bytes(), as: UTF8.self), ServiceText.text(served), wish.rawValue, reason,
            begunAt?.milliseconds, stopAt?.milliseconds, updatedAt.milliseconds, told,
        ]
    }
}
