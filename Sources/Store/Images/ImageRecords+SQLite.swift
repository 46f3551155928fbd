import GRDB
import Identity
import Kernel
import Platform
import Workloads

extension SQLiteTransaction {
    private static let imageColumns = """
        id, account, project, user_id, namespace, name, tag, description, workspace, runtime, notebook, created_at,
        layers, bytes, state, message, updated_at
        """

    func insert(_ image: SavedImage) throws {
        let definition = image.definition
        try execute(
            """
            INSERT INTO saved_images (\(Self.imageColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                image.id.text, image.account.text, image.project.text, image.user.text, definition.namespace,
                definition.name, definition.tag, definition.description, definition.workspace, image.runtime,
                image.notebook.text, image.createdAt.milliseconds, image.layers, image.bytes, image.state.rawValue,
                image.message, image.updatedAt.milliseconds,
            ])
    }

    func update(_ image: SavedImage) throws {
        let changed = try execute(
            "UPDATE saved_images SET layers = ?, bytes = ?, state = ?, message = ?, updated_at = ? WHERE id = ?",
            [
                image.layers, image.bytes, image.state.rawValue, image.message, image.updatedAt.milliseconds,
                image.id.text,
            ])
        guard changed == 1 else { throw Fault(.internalFault, "There is no image \(image.id) to update.") }
    }

    func delete(_ image: ImageID) throws { try execute("DELETE FROM saved_images WHERE id = ?", [image.text]) }

    func savedImage(_ id: ImageID) throws -> SavedImage? {
        try row("SELECT \(Self.imageColumns) FROM saved_images WHERE id = ?", [id.text], image(of:))
    }

    func savedImages(in project: ProjectID?) throws -> [SavedImage] {
        try rows(
            """
            SELECT \(Self.imageColumns) FROM saved_images WHERE ?1 IS NULL OR project = ?1
            ORDER BY namespace, name, tag, number
            """, [project?.text], image(of:))
    }

    private func image(of row: Row) throws -> SavedImage {
        SavedImage(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), user: row.identifier(3),
            definition: ImageDefinition(
                namespace: row[4], name: row[5], tag: row[6], description: row[7], workspace: row[8]),
            runtime: row[9], notebook: row.identifier(10), layers: row[12], bytes: row[13], state: try row.word(14),
            message: row[15], createdAt: row.instant(11), updatedAt: row.instant(16))
    }
}
