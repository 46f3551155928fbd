import Foundation
import GRDB
import Identity
import Kernel
import Platform
import Synchronization
import Testing

@testable import Store

/// How waiting writes share a commit, and what they are told when it fails.
@Suite struct GroupCommitTests {
    private static func account(_ number: Int) -> Account {
        Account(id: AccountID("id-\(number)"), name: "name-\(number)")
    }

    /// A writer whose pool the test can watch.
    private static func writer(_ test: TestStore) throws -> (pool: DatabasePool, writer: GroupCommit) {
        let pool = try DatabasePool(path: test.folder + "/store.sqlite")
        return (pool, GroupCommit(pool, events: EventIndex()))
    }

    /// Lets so many writes gather behind one that is held, then lets all go; gives what came of them.
    private static func gather(
        _ count: Int, on writer: GroupCommit,
        _ body: @escaping @Sendable (Int, any StoreTransaction) throws -> Void
    ) async throws -> [Int: Result<Void, any Error>] {
        let (begun, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let held: Void = writer.write { _ in
            begun.signal()
            go.wait()
        }
        await TransactionContract.wait(for: begun)
        let outcomes = await withTaskGroup(
            of: (Int, Result<Void, any Error>).self, returning: [Int: Result<Void, any Error>].self
        ) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        return (number, .success(try await writer.write { try body(number, $0) }))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            while writer.waiting < count { await Task.yield() }
            go.signal()
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        try await held
        return outcomes
    }

    @Test func waitingWritesShareOneCommit() async throws {
        let test = try await TestStore()
        let (pool, writer) = try Self.writer(test)
        let commits = CommitCounter()
        pool.add(transactionObserver: commits, extent: .observerLifetime)
        _ = try await Self.gather(100, on: writer) { try $1.insert(Self.account($0)) }
        #expect(try await test.store.read { try $0.accounts() }.count == 100)
        // One for the write that was held, one for all that waited behind it.
        #expect(commits.count == 2)
    }

    /// A commit that fails keeps nothing of its batch, and nobody is told otherwise.
    @Test func aFailedCommitIsToldToAll() async throws {
        let test = try await TestStore()
        let (_, writer) = try Self.writer(test)
        let outcomes = try await Self.gather(10, on: writer) { number, transaction in
            try transaction.insert(Self.account(number))
            if number == 4, let transaction = transaction as? SQLiteTransaction {
                // A foreign key that is only looked at by the commit.
                try transaction.execute("PRAGMA defer_foreign_keys = ON")
                try transaction.insert(Project(id: ProjectID("lost"), account: AccountID("none"), name: "lost"))
            }
        }
        for outcome in outcomes.values {
            let fault = #expect(throws: Fault.self) { try outcome.get() }
            #expect(fault?.message.hasPrefix("The write could not be committed") == true)
        }
        #expect(try await test.store.read { try $0.accounts() }.isEmpty)
        try await writer.write { try $0.insert(Self.account(1)) }
        #expect(try await test.store.read { try $0.accounts() }.count == 1)
    }

    @Test func aFullDiskKeepsNothingAndIsSaidSo() async throws {
        let test = try await TestStore()
        let (pool, writer) = try Self.writer(test)
        try await pool.writeWithoutTransaction { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        let long = String(repeating: "x", count: 4_000)
        let outcomes = try await Self.gather(10, on: writer) { number, transaction in
            try transaction.insert(Account(id: AccountID("\(number)"), name: "\(number)" + long))
        }
        for outcome in outcomes.values {
            let fault = #expect(throws: Fault.self) { try outcome.get() }
            #expect(fault?.code == .storageFull)
        }
        #expect(try await test.store.read { try $0.accounts() }.isEmpty)
        try await pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA max_page_count = 100000") }
        try await writer.write { try $0.insert(Self.account(1)) }
        #expect(try await test.store.read { try $0.accounts() }.count == 1)
    }

    @Test func tooManyWaitingWritesAreRefused() async throws {
        let test = try await TestStore()
        let (_, writer) = try Self.writer(test)
        let (begun, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let held: Void = writer.write { _ in
            begun.signal()
            go.wait()
        }
        await TransactionContract.wait(for: begun)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Limits.waitingWrites {
                group.addTask { try await writer.write { _ in } }
            }
            while writer.waiting < Limits.waitingWrites { await Task.yield() }
            let fault = await #expect(throws: Fault.self) { try await writer.write { _ in } }
            #expect(fault?.code == .unavailable)
            go.signal()
            try await group.waitForAll()
        }
        try await held
        try await writer.write { try $0.insert(Self.account(1)) }
    }

    @Test func aClosedStoreAnswersWithAFault() async throws {
        let test = try await TestStore()
        let store = try await SQLiteStore(path: test.folder + "/store.sqlite")
        try store.close()
        await #expect(throws: Fault.self) { try await store.write { try $0.insert(Self.account(1)) } }
        await #expect(throws: Fault.self) { _ = try await store.read { try $0.accounts() } }
    }
}

/// Counts commits.
private final class CommitCounter: TransactionObserver {
    private let commits = Mutex(0)

    var count: Int { commits.withLock { $0 } }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ database: Database) { commits.withLock { $0 += 1 } }
    func databaseDidRollback(_ database: Database) {}
}
