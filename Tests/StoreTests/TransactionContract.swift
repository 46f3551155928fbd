import Foundation
import Identity
import Kernel
import Platform
import Synchronization
import Testing

@Suite struct TransactionContract {
    private static func account(_ number: Int) -> Account {
        Account(id: AccountID("id-\(number)"), name: "name-\(number)")
    }

    @Test(arguments: StoreKind.allCases) func aBodyThatThrowsLeavesNothing(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        let fault = await #expect(throws: Fault.self) {
            try await test.store.write { transaction throws in
                try transaction.insert(Self.account(1))
                throw Fault(.insufficientBalance, "no money")
            }
        }
        #expect(fault == Fault(.insufficientBalance, "no money"))
        #expect(try await test.store.read { try $0.accounts() }.isEmpty)
    }

    @Test(arguments: StoreKind.allCases) func aWriteSeesItsOwnWrites(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        let seen = try await test.store.write { transaction throws in
            try transaction.insert(Self.account(1))
            return try transaction.accounts()
        }
        #expect(seen == [Self.account(1)])
    }

    /// Whatever shares a commit, each write stands or falls alone.
    @Test(arguments: StoreKind.allCases) func oneFailureAmongManyTakesBackOnlyItself(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        let outcomes = await withTaskGroup(of: (Int, Bool).self, returning: [Int: Bool].self) { group in
            for number in 0..<200 {
                group.addTask {
                    let result = try? await test.store.write { transaction throws in
                        try transaction.insert(Self.account(number))
                        if number % 7 == 3 { throw Fault(.conflict, "refused") }
                        // A constraint of the database fails as a fault of the program does.
                        if number % 7 == 5 { try transaction.insert(Self.account(number)) }
                        return number
                    }
                    return (number, result == number)
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let kept = Set(try await test.store.read { try $0.accounts() })
        for number in 0..<200 {
            let isGood = number % 7 != 3 && number % 7 != 5
            #expect(outcomes[number] == isGood && kept.contains(Self.account(number)) == isGood)
        }
    }

    /// Concurrent check-then-act: exactly one of many wins, because bodies do not interleave.
    @Test(arguments: StoreKind.allCases) func bodiesRunOneAfterAnother(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        let winners = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await test.store.write { transaction throws in
                        guard try transaction.accounts().isEmpty else { return false }
                        try transaction.insert(Self.account(number))
                        return true
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(winners == 1)
    }

    @Test(arguments: StoreKind.allCases) func aReadKeepsItsSnapshotWhileOthersWrite(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        let (begun, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let seen = test.store.read { transaction throws in
            let before = try transaction.accounts().count
            begun.signal()
            go.wait()
            return (before, try transaction.accounts().count)
        }
        await Self.wait(for: begun)
        try await test.store.write { try $0.insert(Self.account(1)) }
        #expect(try await test.store.read { try $0.accounts() }.count == 1)
        go.signal()
        #expect(try await seen == (0, 0))
    }

    @Test(arguments: StoreKind.allCases) func aReadDoesNotWaitForAWriter(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        let (begun, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let written: Void = test.store.write { transaction throws in
            try transaction.insert(Self.account(1))
            begun.signal()
            go.wait()
        }
        await Self.wait(for: begun)
        #expect(try await test.store.read { try $0.accounts() }.isEmpty)
        go.signal()
        try await written
        #expect(try await test.store.read { try $0.accounts() }.count == 1)
    }

    @Test(arguments: StoreKind.allCases) func whatWasWrittenSurvivesPowerLoss(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        for number in 0..<20 {
            try await test.store.write { try $0.insert(Self.account(number)) }
            guard number % 5 == 0 else { continue }
            let after = try await test.afterPowerLoss()
            #expect(try await after.read { try $0.accounts() }.count == number + 1)
        }
    }

    @Test(arguments: StoreKind.allCases) func aWriteThatHasNotReturnedIsWholeOrAbsent(kind: StoreKind) async throws {
        let test = try await TestStore(kind)
        let (begun, go) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        async let written: Void = test.store.write { transaction throws in
            for number in 0..<50 { try transaction.insert(Self.account(number)) }
            begun.signal()
            go.wait()
        }
        await Self.wait(for: begun)
        let after = try await test.afterPowerLoss()
        #expect(try await after.read { try $0.accounts() }.isEmpty)
        go.signal()
        try await written
    }

    /// Waits on a thread of its own, so that no thread of Swift's pool stands still.
    static func wait(for semaphore: DispatchSemaphore) async {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                semaphore.wait()
                continuation.resume()
            }
        }
    }
}
