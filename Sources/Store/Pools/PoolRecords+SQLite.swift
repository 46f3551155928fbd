import GRDB
import Identity
import Kernel
import Platform
import Pricing
import Workloads

extension SQLiteTransaction {
    private static let poolColumns = """
        id, account, project, user_name, name, workspace, flavor, network, created_at, cpu_millicores, memory_bytes,
        cards, description, scopes, nodes, updated_at, deleted_at, granted_cards, stretches, billed_nodes
        """

    func insert(_ pool: DedicatedPool) throws {
        let definition = pool.definition
        let fixed: [(any DatabaseValueConvertible)?] = [
            pool.id.text, pool.account.text, pool.project.text, pool.userName, definition.name, definition.workspace,
            definition.flavor.text, definition.network, pool.createdAt.milliseconds, pool.node.cpuMillicores,
            pool.node.memoryBytes, pool.node.accelerators,
        ]
        let values = fixed + pool.changeable
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try execute("INSERT INTO pools (\(Self.poolColumns)) VALUES (\(marks))", values)
    }

    func update(_ pool: DedicatedPool) throws {
        let changed = try execute(
            """
            UPDATE pools SET description = ?, scopes = ?, nodes = ?, updated_at = ?, deleted_at = ?,
                granted_cards = ?, stretches = ?, billed_nodes = ?
            WHERE id = ?
            """, pool.changeable + [pool.id.text])
        guard changed == 1 else { throw Fault(.internalFault, "There is no pool \(pool.id) to update.") }
    }

    func pool(_ id: PoolID) throws -> DedicatedPool? {
        try row("SELECT \(Self.poolColumns) FROM pools WHERE id = ?", [id.text], pool(of:))
    }

    func pools(in project: ProjectID?) throws -> [DedicatedPool] {
        let condition = project == nil ? "" : "AND project = ?"
        return try rows(
            "SELECT \(Self.poolColumns) FROM pools WHERE deleted_at IS NULL \(condition) ORDER BY number",
            project.map { [$0.text] } ?? [], pool(of:))
    }

    private func pool(of row: Row) throws -> DedicatedPool {
        let flavor: FlavorID = row.identifier(6)
        let scopes = try (row[13] as String).split(separator: ",").map { word in
            guard let scope = PoolScope(rawValue: String(word)) else {
                throw Fault(.internalFault, "Pool \(row[0] as String) is kept with the unknown scope \(word).")
            }
            return scope
        }
        return DedicatedPool(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), userName: row[3],
            definition: PoolDefinition(
                name: row[4], description: row[12], workspace: row[5], scopes: scopes, flavor: flavor, nodes: row[14],
                network: row[7]),
            createdAt: row.instant(8), updatedAt: row.instant(15), deletedAt: row.instantIfAny(16),
            node: Demand(flavor: flavor, cpuMillicores: row[9], memoryBytes: row[10], accelerators: row[11]),
            accelerators: row.cards(17), stretches: row[18],
            billedQuantity: row[19])
    }
}

extension DedicatedPool {
    /// Everything that can change, in the order of the columns.
    fileprivate var changeable: [(any DatabaseValueConvertible)?] {
        [
            definition.description, definition.scopes.map(\.rawValue).joined(separator: ","), definition.nodes,
            updatedAt.milliseconds, deletedAt?.milliseconds, accelerators.cardsText,
            stretches, billedQuantity,
        ]
    }
}
