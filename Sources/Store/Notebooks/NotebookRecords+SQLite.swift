import GRDB
import Identity
import Kernel
import Ledger
import Platform
import Workloads

extension SQLiteTransaction {
    private static let firstColumns = """
        id, account, project, user_id, user_name, created_at, token, name, description, flavor, image, workspace,
        volume, volume_gigabytes, wished_lease, wished_duration, lease, lease_duration, lease_begun_at, updated_at,
        step, next_step, has_run, reason, part, attempt, run_flavor, cpu_millicores, memory_bytes, cards,
        granted_cards, started_at, last_sequence, hold
        """
    private static let notebookColumns = firstColumns + ", pool"

    func insert(_ notebook: Notebook) throws {
        let fixed: [(any DatabaseValueConvertible)?] = [
            notebook.id.text, notebook.account.text, notebook.project.text, notebook.user.text, notebook.userName,
            notebook.createdAt.milliseconds, notebook.token,
        ]
        let values = fixed + notebook.changeable + [notebook.definition.pool?.text]
        let marks = Array(repeating: "?", count: values.count).joined(separator: ", ")
        try execute("INSERT INTO notebooks (\(Self.firstColumns), status, pool) VALUES (\(marks))", values)
    }

    func update(_ notebook: Notebook) throws {
        let changed = try execute(
            """
            UPDATE notebooks SET name = ?, description = ?, flavor = ?, image = ?, workspace = ?, volume = ?,
                volume_gigabytes = ?, wished_lease = ?, wished_duration = ?, lease = ?, lease_duration = ?,
                lease_begun_at = ?, updated_at = ?, step = ?, next_step = ?, has_run = ?, reason = ?, part = ?,
                attempt = ?, run_flavor = ?, cpu_millicores = ?, memory_bytes = ?, cards = ?, granted_cards = ?,
                started_at = ?, last_sequence = ?, hold = ?, status = ?
            WHERE id = ?
            """, notebook.changeable + [notebook.id.text])
        guard changed == 1 else { throw Fault(.internalFault, "There is no notebook \(notebook.id) to update.") }
    }

    func notebook(_ id: NotebookID) throws -> Notebook? {
        try row("SELECT \(Self.notebookColumns) FROM notebooks WHERE id = ?", [id.text], notebook(of:))
    }

    func notebook(attempt: AttemptID) throws -> Notebook? {
        try row("SELECT \(Self.notebookColumns) FROM notebooks WHERE attempt = ?", [attempt.text], notebook(of:))
    }

    func notebook(volume: VolumeID) throws -> Notebook? {
        try row("SELECT \(Self.notebookColumns) FROM notebooks WHERE volume = ?", [volume.text], notebook(of:))
    }

    func notebooks(inSteps steps: [NotebookMachine.Step]) throws -> [Notebook] {
        guard !steps.isEmpty else { return [] }
        let marks = Array(repeating: "?", count: steps.count).joined(separator: ", ")
        return try rows(
            """
            SELECT \(Self.notebookColumns) FROM notebooks
            WHERE step <> 'deleted' AND step IN (\(marks)) ORDER BY number
            """, steps.map(\.rawValue), notebook(of:))
    }

    func notebookCount(in project: ProjectID) throws -> Int {
        Int(try number("SELECT COUNT(*) FROM notebooks WHERE project = ? AND step <> 'deleted'", [project.text]))
    }

    /// Statements are prepared anew each time: their texts vary with the request, and a cache of them would grow.
    func notebooks(_ query: NotebookQuery) throws -> Page<Notebook> {
        var conditions = ["project = ?", "step <> 'deleted'"]
        var values: [(any DatabaseValueConvertible)?] = [query.project.text]
        func narrow(_ condition: String, _ value: String?) {
            guard let value else { return }
            conditions.append(condition)
            values.append(value)
        }
        narrow("LOWER(name) LIKE LOWER(?) ESCAPE '\\'", query.nameContains.map(Self.pattern))
        narrow("LOWER(description) LIKE LOWER(?) ESCAPE '\\'", query.descriptionContains.map(Self.pattern))
        narrow("id = ?", query.id?.text)
        narrow("user_id = ?", query.user?.text)
        narrow("user_name = ?", query.userName)
        narrow("flavor = ?", query.flavor)
        narrow("image = ?", query.image)
        narrow("workspace = ?", query.workspace)
        if let statuses = query.statuses {
            let marks = Array(repeating: "?", count: statuses.count).joined(separator: ", ")
            conditions.append(statuses.isEmpty ? "1 = 0" : "status IN (\(marks))")
            values += statuses.map(\.rawValue)
        }
        let filter = conditions.joined(separator: " AND ")
        let direction = query.isAscending ? "ASC" : "DESC"
        let column = ["created": "created_at", "updated": "updated_at"][query.order.rawValue] ?? query.order.rawValue
        let total = try number("SELECT COUNT(*) FROM notebooks WHERE \(filter)", values, isCached: false)
        let notebooks = try rows(
            """
            SELECT \(Self.notebookColumns) FROM notebooks WHERE \(filter)
            ORDER BY \(column) \(direction), number \(direction) LIMIT ? OFFSET ?
            """, values + [query.page.limit, query.page.offset], isCached: false, notebook(of:))
        return Page(items: notebooks, total: Int(total))
    }

    /// A text that LIKE finds anywhere, as it stands.
    private static func pattern(_ text: String) -> String {
        let literal = text.reduce(into: "") { literal, character in
            if character == "%" || character == "_" || character == "\\" { literal.append("\\") }
            literal.append(character)
        }
        return "%" + literal + "%"
    }

    private func notebook(of row: Row) throws -> Notebook {
        guard let part = NotebookMachine.StartPart(rawValue: row[24]) else {
            throw Fault(.internalFault, "The database holds a part of a start that this release does not know.")
        }
        let definition = NotebookDefinition(
            name: row[7], description: row[8], flavor: row.identifier(9), image: row[10], workspace: row[11],
            pool: (row[34] as String?).map { PoolID($0) }, volumeGigabytes: row[13],
            lease: NotebookDefinition.LeaseWish(kind: try row.word(14), duration: row[15]))
        let machine = NotebookMachine(
            step: try row.word(20),
            next: (row[21] as String?) == nil ? nil : try row.word(21) as NotebookMachine.Next,
            hasRun: row[22] as Int64 == 1, reason: row[23], part: part)
        return Notebook(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), user: row.identifier(3),
            userName: row[4], definition: definition, createdAt: row.instant(5), updatedAt: row.instant(19),
            token: row[6],
            lease: NotebookLease(kind: try row.word(16), duration: row[17], begunAt: row.instant(18)),
            volume: (row[12] as String?).map { VolumeID($0) }, machine: machine, attempt: row.identifier(25),
            demand: Demand(
                flavor: row.identifier(26), cpuMillicores: row[27], memoryBytes: row[28], accelerators: row[29]),
            accelerators: row.cards(30),
            startedAt: row.instantIfAny(31), lastSequence: row[32], hold: (row[33] as String?).map { HoldID($0) })
    }
}

extension Notebook {
    /// Everything that can change, in the order of the columns.
    fileprivate var changeable: [(any DatabaseValueConvertible)?] {
        [
            definition.name, definition.description, definition.flavor.text, definition.image, definition.workspace,
            volume?.text, definition.volumeGigabytes, definition.lease.kind.rawValue, definition.lease.duration,
            lease.kind.rawValue, lease.duration, lease.begunAt.milliseconds, updatedAt.milliseconds,
            machine.step.rawValue, machine.next?.rawValue, machine.hasRun ? 1 : 0, machine.reason,
            machine.part.rawValue, attempt.text, demand.flavor.text, demand.cpuMillicores, demand.memoryBytes,
            demand.accelerators, accelerators.cardsText, startedAt?.milliseconds,
            lastSequence, hold?.text, machine.status.rawValue,
        ]
    }
}
