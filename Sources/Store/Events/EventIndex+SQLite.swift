import GRDB
import Kernel
import Platform

extension EventIndex {
    /// Reads the filters of sealed runs, and the ids of the batches that came after the last of them.
    func restore(from database: Database) throws {
        let runs = try Row.fetchAll(database, sql: "SELECT number, filter, through FROM event_runs ORDER BY number")
        restore(
            filters: try runs.map { row in
                guard let filter = EventFilter(bytes: row.bytes(1)) else {
                    throw Fault(.internalFault, "The run \(row[0] as Int64) of event ids is damaged; restore a backup.")
                }
                return (row[0], filter)
            })
        let batches = try Row.fetchCursor(
            database, sql: "SELECT number, ids FROM event_batches WHERE number > ? ORDER BY number",
            arguments: [runs.last?[2] as Int64? ?? 0])
        while let row = try batches.next() { restore(EventIdentityBytes(bytes: row.bytes(1)).ids, batch: row[0]) }
    }

    /// Seals the recent ids in a run once there are many of them.
    ///
    /// Where that fails they stay in memory, and after a restart are read from their batches: nothing depends on it.
    func sealIfFull(in database: Database) {
        guard isFull else { return }
        let (run, number) = nextRun()
        do {
            try database.inTransaction(.immediate) {
                for (place, page) in run.pages.enumerated() where !page.bytes.isEmpty {
                    try database.run("INSERT INTO event_run_pages (run, page, entries) VALUES (?, ?, ?)") { binder in
                        binder.add(number)
                        binder.add(Int64(place))
                        page.bytes.withUnsafeBytes { binder.add($0) }
                    }
                }
                let sql = """
                    INSERT INTO event_runs (number, through, filter)
                    SELECT ?, COALESCE(MAX(number), 0), ? FROM event_batches
                    """
                try database.run(sql) { binder in
                    binder.add(number)
                    run.filter.bytes.withUnsafeBytes { binder.add($0) }
                }
                return .commit
            }
        } catch {
            return
        }
        sealed(run.filter, run: number)
    }
}
