import Identity
import Kernel
import Platform
import Testing
import Workloads

@Suite struct TrainingJobSearchContract {
    /// Six jobs made at 1 s, 2 s, …; one is deleted, one stands in another project.
    private static func searched(_ kind: StoreKind) async throws -> TestStore {
        let test = try await TestStore.populated(kind)
        let running = TrainingJobMachine(step: .running)
        let done = TrainingJobMachine(step: .ended, outcome: .init(.completed))
        var deleted = try Sample.job("5", name: "mnist-5", at: 5_000)
        deleted.isDeleted = true
        let jobs = [
            try Sample.job("1", name: "digits", at: 1_000, machine: done),
            try Sample.job("2", name: "Mnist-big", at: 2_000, user: "bob", machine: running),
            try Sample.job("3", name: "a_b", at: 3_000, flavor: "gpu.1", machine: done),
            try Sample.job("4", name: "aXb", at: 4_000), deleted,
            try Sample.job("6", name: "mnist", project: Sample.second.id, at: 6_000),
        ]
        try await test.store.write { for job in jobs { try $0.insert(job) } }
        return test
    }

    private static let searches: [(String, [String], @Sendable (inout TrainingJobQuery) -> Void)] = [
        ("newest first", ["4", "3", "2", "1"], { _ in }),
        ("oldest first", ["1", "2", "3", "4"], { $0.isAscending = true }),
        ("by name, by its bytes", ["2", "4", "3", "1"], { ($0.isSortedByName, $0.isAscending) = (true, true) }),
        ("by name, backwards", ["1", "3", "4", "2"], { $0.isSortedByName = true }),
        ("name contains, whatever the case", ["2"], { $0.nameContains = "mNIST" }),
        ("an underscore is itself", ["3"], { $0.nameContains = "a_b" }),
        ("a percent sign is itself", [], { $0.nameContains = "%" }),
        ("a backslash is itself", [], { $0.nameContains = "\\" }),
        ("a quote is itself", [], { $0.nameContains = "' OR 1 = 1 --" }),
        ("ids", ["3", "1"], { $0.ids = ["1", "3", "5", "6", "none"].map { TrainingJobID($0) } }),
        ("no ids", [], { $0.ids = [] }),
        ("phases", ["3", "2", "1"], { $0.phases = [.running, .completed] }),
        ("no phases", [], { $0.phases = [] }),
        (
            "made in a time, ends included", ["3", "2"],
            {
                ($0.createdAfter, $0.createdBefore) = (Instant(milliseconds: 2_000), Instant(milliseconds: 3_000))
            }
        ),
        ("of a user", ["2"], { $0.user = "bob" }),
        ("of a flavor", ["3"], { $0.flavor = "gpu.1" }),
        (
            "all of it", ["1"],
            {
                ($0.user, $0.flavor, $0.phases, $0.nameContains) = ("alice", "cpu.2u", [.completed], "igit")
            }
        ),
        ("another project", ["6"], { $0.project = Sample.second.id }),
    ]

    @Test(arguments: StoreKind.allCases) func aSearchNarrowsAndSorts(kind: StoreKind) async throws {
        let test = try await Self.searched(kind)
        for (name, expected, narrow) in Self.searches {
            var query = TrainingJobQuery(project: Sample.project.id, page: PageRequest(limit: 50))
            narrow(&query)
            let asked = query
            let page = try await test.store.read { try $0.trainingJobs(asked) }
            #expect(page.items.map(\.id.text) == expected && page.total == expected.count, "\(name)")
        }
    }

    @Test(arguments: StoreKind.allCases) func pagesOfASearchAddUpToIt(kind: StoreKind) async throws {
        let test = try await Self.searched(kind)
        var ids: [String] = []
        for offset in stride(from: 0, to: 6, by: 3) {
            let query = TrainingJobQuery(
                project: Sample.project.id, page: PageRequest(offset: offset, limit: 3))
            let page = try await test.store.read { try $0.trainingJobs(query) }
            #expect(page.total == 4)
            ids += page.items.map(\.id.text)
        }
        #expect(ids == ["4", "3", "2", "1"])
    }

    @Test(arguments: StoreKind.allCases) func jobsOfOneMomentAreInOrderOfArrival(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        try await test.store.write { transaction throws in
            for id in ["c", "a", "b"] { try transaction.insert(try Sample.job(id)) }
        }
        let query = TrainingJobQuery(project: Sample.project.id, isAscending: true, page: PageRequest(limit: 50))
        #expect(try await test.store.read { try $0.trainingJobs(query) }.items.map(\.id.text) == ["c", "a", "b"])
    }
}
