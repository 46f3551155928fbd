import Identity
import Kernel
import Platform
import Pricing
import Testing
import Workloads

@Suite struct PoolRecordsContract {
    static func pool(_ id: String, name: String = "lab-pool", project: ProjectID = Sample.project.id) -> DedicatedPool {
        DedicatedPool(
            id: PoolID(id), account: Sample.account.id, project: project, userName: "alice",
            definition: PoolDefinition(
                name: name, description: "of the lab", workspace: "7", scopes: [.training, .notebook],
                flavor: FlavorID("cpu.1u"), nodes: 2, network: "net"),
            createdAt: Instant(milliseconds: 5), updatedAt: Instant(milliseconds: 6),
            node: Demand(flavor: FlavorID("cpu.1u"), cpuMillicores: 1_000, memoryBytes: 1 << 30, accelerators: 1),
            accelerators: [0, 3], stretches: 1, billedQuantity: 2)
    }

    @Test(arguments: StoreKind.allCases) func aPoolComesBackWhole(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        var pool = Self.pool("lab-1")
        let fresh = pool
        try await test.store.write { try $0.insert(fresh) }
        #expect(try await test.store.read { try $0.pool(fresh.id) } == fresh)
        #expect(try await test.store.read { try $0.pools(in: Sample.project.id) } == [fresh])
        (pool.definition.nodes, pool.definition.scopes, pool.accelerators) = (1, [.inference], [])
        (pool.deletedAt, pool.stretches, pool.billedQuantity) = (Instant(milliseconds: 9), 3, nil)
        (pool.updatedAt, pool.definition.description) = (Instant(milliseconds: 9), "")
        let gone = pool
        try await test.store.write { try $0.update(gone) }
        #expect(try await test.store.read { try $0.pool(gone.id) } == gone)
        #expect(try await test.store.read { try $0.pools(in: nil) }.isEmpty)
    }

    @Test(arguments: StoreKind.allCases) func aNameIsTakenUntilItsPoolIsGone(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        var first = Self.pool("lab-1")
        let fresh = first
        try await test.store.write { try $0.insert(fresh) }
        await #expect(throws: Fault.self) { try await test.store.write { try $0.insert(Self.pool("lab-2")) } }
        first.deletedAt = Instant(milliseconds: 7)
        let gone = first
        try await test.store.write { transaction in
            try transaction.update(gone)
            try transaction.insert(Self.pool("lab-2"))
        }
        #expect(try await test.store.read { try $0.pools(in: nil).map(\.id.text) } == ["lab-2"])
        await #expect(throws: Fault.self) { try await test.store.write { try $0.update(Self.pool("lab-3")) } }
    }

    @Test(arguments: StoreKind.allCases) func jobsWaitForTheirOwnPool(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        try await test.store.write { transaction in
            try transaction.insert(Self.pool("lab-1"))
            for (id, pool) in [("a", nil), ("b", "lab-1"), ("c", nil), ("d", "lab-1")] as [(String, String?)] {
                var job = try Sample.job(id)
                job.definition.resource.pool = pool.map { PoolID($0) }
                try transaction.insert(job)
            }
        }
        let (shared, own, all, pools, ahead) = try await test.store.read { transaction in
            func waiting(_ pool: PoolFilter) throws -> [String] {
                try transaction.trainingJobs(inSteps: [.queued], pool: pool, limit: 10).map(\.id.text)
            }
            return (
                try waiting(.shared), try waiting(.dedicated(PoolID("lab-1"))), try waiting(.any),
                try transaction.poolsWithQueue(),
                try ["a", "b", "c", "d"].map { try transaction.queuePosition(of: TrainingJobID($0)) }
            )
        }
        #expect(shared == ["a", "c"] && own == ["b", "d"] && all == ["a", "b", "c", "d"])
        #expect(Set(pools) == [nil, PoolID("lab-1")])
        #expect(ahead == [0, 0, 1, 1])
    }
}
