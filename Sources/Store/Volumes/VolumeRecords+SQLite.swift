import GRDB
import Identity
import Kernel
import Metering
import Platform
import Pricing
import Wire
import Workloads

extension SQLiteTransaction {
    private static let columns = """
        id, account, project, user_name, name, description, type, zone, metadata, created_at, updated_at, state,
        is_attached, is_mounted, is_deletion_wanted, message, capacity, wanted_capacity, attachment, attached_at,
        stretches, billed_capacity
        """
    private static let selection = "SELECT \(columns) FROM volumes"

    func insert(_ volume: Volume) throws {
        let marks = Array(repeating: "?", count: 22).joined(separator: ", ")
        let machine = volume.machine
        try execute(
            "INSERT INTO volumes (\(Self.columns)) VALUES (\(marks))",
            [
                volume.id.text, volume.account.text, volume.project.text, volume.userName, volume.name,
                volume.description, volume.type.text, volume.zone, volume.metadataText, volume.createdAt.milliseconds,
                volume.updatedAt.milliseconds, machine.state.rawValue, machine.isAttached ? 1 : 0,
                machine.isMounted ? 1 : 0, machine.isDeletionWanted ? 1 : 0, machine.message, volume.capacity,
                volume.wantedCapacity, volume.attachment?.text, volume.attachedAt?.milliseconds, volume.stretches,
                volume.billedCapacity,
            ])
    }

    func update(_ volume: Volume) throws {
        let machine = volume.machine
        let changed = try execute(
            """
            UPDATE volumes SET name = ?, description = ?, updated_at = ?, state = ?, is_attached = ?, is_mounted = ?,
                is_deletion_wanted = ?, message = ?, capacity = ?, wanted_capacity = ?, attachment = ?,
                attached_at = ?, stretches = ?, billed_capacity = ?
            WHERE id = ?
            """,
            [
                volume.name, volume.description, volume.updatedAt.milliseconds, machine.state.rawValue,
                machine.isAttached ? 1 : 0, machine.isMounted ? 1 : 0, machine.isDeletionWanted ? 1 : 0,
                machine.message, volume.capacity, volume.wantedCapacity, volume.attachment?.text,
                volume.attachedAt?.milliseconds, volume.stretches, volume.billedCapacity, volume.id.text,
            ])
        guard changed == 1 else { throw Fault(.internalFault, "There is no volume \(volume.id) to update.") }
    }

    func volume(_ id: VolumeID, in project: ProjectID) throws -> Volume? {
        try row(
            "\(Self.selection) WHERE id = ? AND project = ? AND state <> 'deleted'", [id.text, project.text],
            volume(of:))
    }

    func volume(_ id: VolumeID) throws -> Volume? {
        try row("\(Self.selection) WHERE id = ?", [id.text], volume(of:))
    }

    func volumes(of attachment: ResourceID) throws -> [Volume] {
        try rows("\(Self.selection) WHERE attachment = ? ORDER BY number", [attachment.text], volume(of:))
    }

    func volumes(inStates states: [VolumeMachine.State]) throws -> [Volume] {
        guard !states.isEmpty else { return [] }
        let marks = Array(repeating: "?", count: states.count).joined(separator: ", ")
        return try rows(
            "\(Self.selection) WHERE state <> 'deleted' AND state IN (\(marks)) ORDER BY number",
            states.map(\.rawValue), volume(of:))
    }

    func volumeCount(in project: ProjectID) throws -> Int {
        Int(try number("SELECT COUNT(*) FROM volumes WHERE project = ? AND state <> 'deleted'", [project.text]))
    }

    func promisedVolumeCapacity() throws -> Int64 {
        try number("SELECT COALESCE(SUM(wanted_capacity), 0) FROM volumes WHERE state NOT IN ('deleted', 'error')")
    }

    func volumes(_ query: VolumeQuery) throws -> Page<Volume> {
        var conditions = ["project = ?", "state <> 'deleted'"]
        var values: [(any DatabaseValueConvertible)?] = [query.project.text]
        func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            values.append(value)
        }
        if let ids = query.ids {
            let marks = Array(repeating: "?", count: ids.count).joined(separator: ", ")
            conditions.append("id IN (\(marks))")
            values += ids.map(\.text)
        }
        add("instr(name, ?) > 0", query.nameContains)
        add("state = ?", query.state?.rawValue)
        add("type = ?", query.type?.text)
        add("zone = ?", query.zone)
        add("attachment = ?", query.attachment?.text)
        let (key, direction) = (Self.column(of: query.order), query.isAscending ? ">" : "<")
        add(
            "(\(key), number) \(direction) (SELECT \(key), number FROM volumes WHERE id = ?)", query.after?.text)
        let filter = conditions.joined(separator: " AND ")
        let total = try number("SELECT COUNT(*) FROM volumes WHERE \(filter)", values, isCached: false)
        let order = query.isAscending ? "ASC" : "DESC"
        let items = try rows(
            "\(Self.selection) WHERE \(filter) ORDER BY \(key) \(order), number \(order) LIMIT ? OFFSET ?",
            values + [query.page.limit, query.page.offset], isCached: false, volume(of:))
        return Page(items: items, total: Int(total))
    }

    private static func column(of order: VolumeQuery.Order) -> String {
        switch order {
        case .id: "id"
        case .state: "state"
        case .capacity: "capacity"
        case .creation: "created_at"
        case .name: "name"
        }
    }

    private func volume(of row: Row) throws -> Volume {
        Volume(
            id: row.identifier(0), account: row.identifier(1), project: row.identifier(2), userName: row[3],
            name: row[4], description: row[5], type: row.identifier(6), zone: row[7],
            metadata: try Volume.metadata(of: row[8]), createdAt: row.instant(9), updatedAt: row.instant(10),
            machine: VolumeMachine(
                state: try row.word(11), isAttached: row[12] as Int64 == 1, isMounted: row[13] as Int64 == 1,
                isDeletionWanted: row[14] as Int64 == 1, message: row[15]),
            capacity: row[16], wantedCapacity: row[17], attachment: (row[18] as String?).map { ResourceID($0) },
            attachedAt: row.instantIfAny(19), stretches: row[20], billedCapacity: row[21])
    }
}

extension Volume {
    fileprivate var metadataText: String {
        JSONValue.object(JSONObject(metadata.map { (name: $0.name, value: .string($0.value)) })).text()
    }

    fileprivate static func metadata(of text: String) throws -> [NamedText] {
        try JSONValue(parsing: Array(text.utf8)).object?.members.map { member in
            NamedText(name: member.name, value: member.value.string ?? "")
        } ?? []
    }
}
