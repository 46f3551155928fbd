import GRDB
import Kernel
import Platform
import Synchronization

/// Lets writes that wait at the same time share one transaction, and so one sync of the disk.
///
/// Each write has a savepoint of its own: one that throws takes back only itself. Nobody is answered before the commit.
final class GroupCommit: Sendable {
    private let pool: DatabasePool
    private let events: EventIndex
    private let queue = Mutex(Queue())

    private struct Queue: Sendable {
        var waiting: [any PendingWrite] = []
        var isDraining = false
    }

    init(_ pool: DatabasePool, events: EventIndex) {
        self.pool = pool
        self.events = events
    }

    /// Writes that no batch has taken yet.
    var waiting: Int { queue.withLock(\.waiting.count) }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (any StoreTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let write = Write(body: body, continuation: continuation)
            let (isTaken, isFirst) = queue.withLock { queue in
                guard queue.waiting.count < Limits.waitingWrites else { return (false, false) }
                queue.waiting.append(write)
                defer { queue.isDraining = true }
                return (true, !queue.isDraining)
            }
            guard isTaken else {
                continuation.resume(
                    throwing: Fault(.unavailable, "\(Limits.waitingWrites) writes wait already; try again."))
                return
            }
            if isFirst { pool.asyncWriteWithoutTransaction { self.drain($0) } }
        }
    }

    /// Commits whatever waits, batch by batch, until nothing does.
    private func drain(_ database: Database) {
        while true {
            let batch = queue.withLock { queue in
                let batch = Array(queue.waiting.prefix(Limits.writesInOneCommit))
                queue.waiting.removeFirst(batch.count)
                if batch.isEmpty { queue.isDraining = false }
                return batch
            }
            if batch.isEmpty { return }
            commit(batch, in: database)
            events.sealIfFull(in: database)
        }
    }

    private func commit(_ batch: [any PendingWrite], in database: Database) {
        do {
            try database.inTransaction(.immediate) {
                for write in batch {
                    write.perform(in: database, events: events)
                    // A full disk makes SQLite take back the whole transaction, not only the savepoint.
                    guard database.isInsideTransaction else {
                        throw Fault(.storageFull, "The disk is full or failing; nothing was kept.")
                    }
                }
                return .commit
            }
            events.commit()
            for write in batch { write.answer(failure: nil) }
        } catch {
            events.rollback()
            let fault = (error as? Fault) ?? SQLiteFault.fault(of: error, doing: "The write could not be committed")
            for write in batch { write.answer(failure: fault) }
        }
    }
}

/// A write whose caller waits.
private protocol PendingWrite: Sendable {
    /// Runs the body in a savepoint and keeps what came of it.
    func perform(in database: Database, events: EventIndex)
    /// Answers the caller: with what came of the body, or with the failure of the commit.
    func answer(failure: Fault?)
}

private final class Write<Value: Sendable>: PendingWrite {
    private let body: @Sendable (any StoreTransaction) throws -> Value
    private let continuation: CheckedContinuation<Value, any Error>
    private let outcome = Mutex<Result<Value, any Error>?>(nil)

    init(
        body: @escaping @Sendable (any StoreTransaction) throws -> Value,
        continuation: CheckedContinuation<Value, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    func perform(in database: Database, events: EventIndex) {
        let mark = events.mark
        do {
            try database.savepoint("SAVEPOINT body")
            let value = try body(SQLiteTransaction(database, events: events))
            try database.savepoint("RELEASE body")
            outcome.withLock { $0 = .success(value) }
        } catch {
            events.rollback(to: mark)
            // Where SQLite has taken back the whole transaction, the savepoint is gone with it.
            if database.isInsideTransaction {
                try? database.savepoint("ROLLBACK TO body")
                try? database.savepoint("RELEASE body")
            }
            let told = error is DatabaseError ? SQLiteFault.fault(of: error, doing: "The write failed") : error
            outcome.withLock { $0 = .failure(told) }
        }
    }

    /// A failed commit is told to every caller: what a refused body saw may have been taken back with it.
    func answer(failure: Fault?) {
        if let failure { return continuation.resume(throwing: failure) }
        let result = outcome.withLock { $0 }
        continuation.resume(with: result ?? .failure(Fault(.internalFault, "A write was not run.")))
    }
}
