import Identity
import Kernel
import Ledger
import Platform
import Testing
import Workloads

@Suite struct NotebookRecordsContract {
    static func notebook(
        _ id: String, name: String = "mine", project: ProjectID = Sample.project.id,
        machine: NotebookMachine = NotebookMachine(), flavor: String = "cpu.1u", at milliseconds: Int64 = 5
    ) -> Notebook {
        Notebook(
            id: NotebookID(id), account: Sample.account.id, project: project, user: Sample.user.id, userName: "alice",
            definition: NotebookDefinition(
                name: name, description: "of \(name)", flavor: Identifier(flavor), image: "jupyterlab-4",
                volumeGigabytes: 7, lease: NotebookDefinition.LeaseWish(kind: .idle, duration: 7_200_000)),
            createdAt: Instant(milliseconds: milliseconds), updatedAt: Instant(milliseconds: milliseconds + 1),
            token: "token", lease: NotebookLease(kind: .timing, duration: 3_600_000, begunAt: Instant(milliseconds: 9)),
            machine: machine, attempt: AttemptID("attempt-\(id)"),
            demand: Demand(flavor: Identifier(flavor), cpuMillicores: 1_000, memoryBytes: 1 << 30, accelerators: 0))
    }

    @Test(arguments: StoreKind.allCases) func aNotebookComesBackWholeAtEveryStep(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        var notebook = Self.notebook("1")
        let fresh = notebook
        try await test.store.write { try $0.insert(fresh) }
        #expect(try await test.store.read { try $0.notebook(fresh.id) } == fresh)
        for step in NotebookMachine.Step.allCases {
            for next in NotebookMachine.Next.allCases + [nil] as [NotebookMachine.Next?] {
                notebook.machine = NotebookMachine(
                    step: step, next: next, hasRun: next == nil, reason: "because", part: .network)
                let changed = notebook
                try await test.store.write { try $0.update(changed) }
                #expect(try await test.store.read { try $0.notebook(attempt: changed.attempt) } == changed)
            }
        }
        notebook.definition = NotebookDefinition(name: "other", flavor: Identifier("f"), image: "i", volumeGigabytes: 9)
        notebook.lease = NotebookLease(kind: .idle, duration: 4_000_000, begunAt: Instant(milliseconds: 77))
        (notebook.volume, notebook.attempt, notebook.accelerators) = (VolumeID("volume"), AttemptID("second"), [0, 3])
        (notebook.startedAt, notebook.lastSequence, notebook.hold) = (Instant(milliseconds: 8), 4, HoldID("h"))
        notebook.updatedAt = Instant(milliseconds: 99)
        let full = notebook
        try await test.store.write { try $0.update(full) }
        #expect(try await test.store.read { try $0.notebook(full.id) } == full)
    }

    @Test(arguments: StoreKind.allCases) func oneThatIsNotThereCannotChange(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let notebook = Self.notebook("1")
        await #expect(throws: Fault.self) { try await test.store.write { try $0.update(notebook) } }
    }

    @Test(arguments: StoreKind.allCases) func searchesNarrowAndSort(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let running = NotebookMachine(step: .running, hasRun: true)
        let deleted = NotebookMachine(step: .deleted)
        let notebooks = [
            Self.notebook("1", name: "alpha", machine: running, at: 10), Self.notebook("2", name: "Beta_%", at: 20),
            Self.notebook("3", name: "gamma", machine: deleted, at: 30),
            Self.notebook("4", name: "alpha", project: Sample.second.id, at: 40),
            Self.notebook("5", name: "delta", flavor: "cpu.2u", at: 50),
        ]
        try await test.store.write { transaction in for notebook in notebooks { try transaction.insert(notebook) } }
        func found(_ change: (inout NotebookQuery) -> Void) async throws -> [String] {
            var query = NotebookQuery(project: Sample.project.id, page: PageRequest(limit: 10))
            change(&query)
            let asked = query
            return try await test.store.read { try $0.notebooks(asked) }.items.map(\.id.text)
        }
        #expect(try await found { _ in } == ["5", "2", "1"])
        #expect(try await found { $0.isAscending = true } == ["1", "2", "5"])
        #expect(try await found { $0.order = .name } == ["5", "1", "2"])
        #expect(try await found { $0.nameContains = "ALPH" } == ["1"])
        #expect(try await found { $0.nameContains = "_%" } == ["2"])
        #expect(try await found { $0.descriptionContains = "of delta" } == ["5"])
        #expect(try await found { $0.statuses = [.running] } == ["1"])
        #expect(try await found { $0.statuses = [] } == [])
        #expect(try await found { $0.flavor = "cpu.2u" } == ["5"])
        #expect(try await found { $0.id = NotebookID("4") } == [])
        #expect(try await found { $0.userName = "bob" } == [])
        #expect(try await found { $0.page = PageRequest(offset: 1, limit: 1) } == ["2"])
        #expect(try await test.store.read { try $0.notebookCount(in: Sample.project.id) } == 3)
        let atWork = try await test.store.read { try $0.notebooks(inSteps: [.running, .deleted]) }
        #expect(atWork.map(\.id.text) == ["1"])
    }
}
