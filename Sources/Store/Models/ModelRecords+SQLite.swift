import GRDB
import Identity
import Kernel
import Platform
import Wire
import Workloads

extension SQLiteTransaction {
    private static let modelColumns = """
        id, account, project, user_id, definition, source, created_at, config, engine, bytes, state, message, updated_at
        """

    func insert(_ model: Model) throws {
        try execute(
            """
            INSERT INTO models (name, version, \(Self.modelColumns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                model.definition.name, model.definition.version, model.id.text, model.account.text, model.project.text,
                model.user.text, String(decoding: model.definition.json.bytes(), as: UTF8.self), model.source,
                model.createdAt.milliseconds,
            ] + model.changeable)
    }

    func update(_ model: Model) throws {
        let changed = try execute(
            """
            UPDATE models SET config = ?, engine = ?, bytes = ?, state = ?, message = ?, updated_at = ? WHERE id = ?
            """, model.changeable + [model.id.text])
        guard changed == 1 else { throw Fault(.internalFault, "There is no model \(model.id) to update.") }
    }

    func delete(_ model: ModelID) throws { try execute("DELETE FROM models WHERE id = ?", [model.text]) }

    func model(_ id: ModelID) throws -> Model? {
        try row("SELECT \(Self.modelColumns) FROM models WHERE id = ?", [id.text], model(of:))
    }

    func model(named name: String, version: String, in project: ProjectID) throws -> Model? {
        try row(
            "SELECT \(Self.modelColumns) FROM models WHERE project = ? AND name = ? AND version = ?",
            [project.text, name, version], model(of:))
    }

    func models(in project: ProjectID?) throws -> [Model] {
        try rows(
            "SELECT \(Self.modelColumns) FROM models WHERE ?1 IS NULL OR project = ?1 ORDER BY number DESC",
            [project?.text], model(of:))
    }

    func modelCount(in project: ProjectID) throws -> Int {
        Int(try number("SELECT COUNT(*) FROM models WHERE project = ?", [project.text]))
    }

    private func model(of row: Row) throws -> Model {
        let config = row[7] as String
        return Model(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), user: row.identifier(3),
            definition: try ModelDefinition(json: JSONValue(parsing: Array((row[4] as String).utf8))), source: row[5],
            config: config.isEmpty ? ModelConfig() : try ModelConfig(json: JSONValue(parsing: Array(config.utf8))),
            configText: config, engine: row[8], bytes: row[9], state: try row.word(10), message: row[11],
            createdAt: row.instant(6), updatedAt: row.instant(12))
    }
}

extension Model {
    /// Everything that can change, in the order of the columns.
    fileprivate var changeable: [(any DatabaseValueConvertible)?] {
        [configText, engine, bytes, state.rawValue, message, updatedAt.milliseconds]
    }
}
