import GRDB
import Identity
import Kernel
import Ledger
import Platform
import Wire
import Workloads

extension SQLiteTransaction {
    private static let instanceColumns = """
        attempt, service, account, project, service_name, run, start_seconds, flavor, cpu_millicores, memory_bytes,
        cards, created_at, step, reason, granted_cards, started_at, ended_at, has_served, last_sequence, hold
        """

    func insert(_ instance: ServiceInstance) throws {
        let config = ServiceConfig(
            model: instance.run.model, weight: 0, flavor: instance.run.flavor, instanceCount: 1,
            environments: instance.run.environments, pool: instance.run.pool)
        let fixed: [(any DatabaseValueConvertible)?] = [
            instance.run.model, instance.attempt.text, instance.service.text, instance.account.text,
            instance.project.text, instance.serviceName, String(decoding: config.json.bytes(), as: UTF8.self),
            instance.startSeconds, instance.demand.flavor.text, instance.demand.cpuMillicores,
            instance.demand.memoryBytes, instance.demand.accelerators, instance.createdAt.milliseconds,
        ]
        try execute(
            """
            INSERT INTO service_instances (model, \(Self.instanceColumns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, fixed + instance.changeable)
    }

    func update(_ instance: ServiceInstance) throws {
        let changed = try execute(
            """
            UPDATE service_instances SET step = ?, reason = ?, granted_cards = ?, started_at = ?, ended_at = ?,
                has_served = ?, last_sequence = ?, hold = ?
            WHERE attempt = ?
            """, instance.changeable + [instance.attempt.text])
        guard changed == 1 else { throw Fault(.internalFault, "There is no instance \(instance.attempt) to update.") }
    }

    func delete(instance: AttemptID) throws {
        try execute("DELETE FROM service_instances WHERE attempt = ?", [instance.text])
    }

    func instance(attempt: AttemptID) throws -> ServiceInstance? {
        try row(
            "SELECT \(Self.instanceColumns) FROM service_instances WHERE attempt = ?", [attempt.text], instance(of:))
    }

    func instances(of service: ServiceID) throws -> [ServiceInstance] {
        try rows(
            "SELECT \(Self.instanceColumns) FROM service_instances WHERE service = ? ORDER BY number", [service.text],
            instance(of:))
    }

    func instances(inSteps steps: [InstanceMachine.Step]) throws -> [ServiceInstance] {
        guard !steps.isEmpty else { return [] }
        let marks = Array(repeating: "?", count: steps.count).joined(separator: ", ")
        return try rows(
            "SELECT \(Self.instanceColumns) FROM service_instances WHERE step IN (\(marks)) ORDER BY number",
            steps.map(\.rawValue), instance(of:))
    }

    private func instance(of row: Row) throws -> ServiceInstance {
        ServiceInstance(
            attempt: row.identifier(0), service: row.identifier(1), account: row.identifier(2),
            project: row.identifier(3), serviceName: row[4],
            run: try ServiceConfig.stored(JSONValue(parsing: Array((row[5] as String).utf8))).run,
            startSeconds: row[6],
            demand: Demand(
                flavor: row.identifier(7), cpuMillicores: row[8], memoryBytes: row[9], accelerators: row[10]),
            createdAt: row.instant(11), machine: InstanceMachine(step: try row.word(12), reason: row[13]),
            accelerators: row.cards(14),
            startedAt: row.instantIfAny(15), endedAt: row.instantIfAny(16), hasServed: row[17] as Int64 == 1,
            lastSequence: row[18], hold: (row[19] as String?).map { HoldID($0) })
    }
}

extension ServiceInstance {
    /// Everything that can change, in the order of the columns.
    fileprivate var changeable: [(any DatabaseValueConvertible)?] {
        [
            machine.step.rawValue, machine.reason, accelerators.cardsText,
            startedAt?.milliseconds, endedAt?.milliseconds, hasServed ? 1 : 0, lastSequence, hold?.text,
        ]
    }
}
