import GRDB
import Identity
import Kernel
import Platform

extension SQLiteTransaction {
    private static let keyColumns = """
        id, account, project, user_id, name, description, scope, digest, created_at, expires_at
        """

    func insert(_ key: ServiceKey) throws {
        try execute(
            "INSERT INTO service_keys (\(Self.keyColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                key.id.text, key.account.text, key.project.text, key.user.text, key.name, key.description,
                key.scope.rawValue, key.digest, key.createdAt.milliseconds, key.expiresAt?.milliseconds,
            ])
    }

    func delete(_ key: ServiceKeyID) throws { try execute("DELETE FROM service_keys WHERE id = ?", [key.text]) }

    func deleteServiceKeys(in project: ProjectID, expiredBy moment: Instant) throws {
        try execute(
            "DELETE FROM service_keys WHERE project = ? AND expires_at <= ?", [project.text, moment.milliseconds])
    }

    func bind(_ key: ServiceKeyID, to service: ServiceID, isBound: Bool) throws {
        let sql =
            isBound
            ? "INSERT OR IGNORE INTO service_key_bindings (service_key, service) VALUES (?, ?)"
            : "DELETE FROM service_key_bindings WHERE service_key = ? AND service = ?"
        try execute(sql, [key.text, service.text])
    }

    func serviceKey(digest: String) throws -> ServiceKey? {
        try row("SELECT \(Self.keyColumns) FROM service_keys WHERE digest = ?", [digest], key(of:)).map(bound)
    }

    func serviceKeys(in project: ProjectID) throws -> [ServiceKey] {
        try rows(
            "SELECT \(Self.keyColumns) FROM service_keys WHERE project = ? ORDER BY name", [project.text], key(of:)
        ).map(bound)
    }

    private func bound(_ key: ServiceKey) throws -> ServiceKey {
        var key = key
        key.services = try rows(
            "SELECT service FROM service_key_bindings WHERE service_key = ? ORDER BY service", [key.id.text]
        ) { $0.identifier(0) }
        return key
    }

    private func key(of row: Row) throws -> ServiceKey {
        ServiceKey(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), user: row.identifier(3),
            name: row[4], description: row[5], scope: try row.word(6), digest: row[7], createdAt: row.instant(8),
            expiresAt: row.instantIfAny(9))
    }
}
