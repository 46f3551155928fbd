import Identity
import Kernel
import Ledger
import Metering
import Platform
import Testing
import Workloads

@Suite struct TrainingJobRecordsContract {
    @Test(arguments: StoreKind.allCases) func aJobComesBackWholeAtEveryStep(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        var job = try Sample.job("1")
        let fresh = job
        try await test.store.write { try $0.insert(fresh) }
        #expect(try await test.store.read { try $0.trainingJob(fresh.id) } == fresh)
        for step in TrainingJobMachine.Step.allCases {
            job.machine = TrainingJobMachine(
                step: step, outcome: step == .ended ? TrainingJobMachine.Outcome(.failed, "exit 3") : nil,
                isStopRequested: step == .stopping)
            let changed = job
            try await test.store.write { try $0.update(changed) }
            #expect(try await test.store.read { try $0.trainingJob(attempt: changed.attempt) } == changed)
        }
        job.accelerators = [0, 3, 7]
        job.placedAt = Instant(milliseconds: 1)
        job.startedAt = Instant(milliseconds: 2)
        job.endedAt = Instant(milliseconds: 3)
        (job.exitCode, job.peakMemoryBytes, job.cpuMilliseconds) = (-9, 1 << 40, 12)
        (job.droppedLogBytes, job.lastSequence, job.hold) = (5, 17, HoldID("1"))
        job.definition = try Sample.definition(name: "job-1")
        let full = job
        try await test.store.write { try $0.update(full) }
        #expect(try await test.store.read { try $0.trainingJob(full.id, in: full.project) } == full)
    }

    @Test(arguments: StoreKind.allCases) func everyOutcomeIsKept(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        for outcome in TrainingJobMachine.Outcome.Kind.allCases {
            let job = try Sample.job(
                outcome.rawValue, machine: TrainingJobMachine(step: .ended, outcome: .init(outcome, "why")))
            try await test.store.write { try $0.insert(job) }
            #expect(try await test.store.read { try $0.trainingJob(job.id) } == job)
        }
    }

    @Test(arguments: StoreKind.allCases) func aJobThatIsNotThereCannotChange(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let job = try Sample.job("1")
        await #expect(throws: Fault.self) { try await test.store.write { try $0.update(job) } }
    }

    @Test(arguments: StoreKind.allCases) func namesAreUniqueAmongJobsNotDeleted(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        var first = try Sample.job("1", name: "same")
        let twin = try Sample.job("2", name: "same")
        let elsewhere = try Sample.job("3", name: "same", project: Sample.second.id)
        let kept = first
        try await test.store.write { try $0.insert(kept) }
        try await test.store.write { try $0.insert(elsewhere) }
        let fault = await #expect(throws: Fault.self) { try await test.store.write { try $0.insert(twin) } }
        #expect(fault?.code == .conflict)
        first.isDeleted = true
        let deleted = first
        try await test.store.write { transaction throws in
            #expect(try transaction.hasTrainingJob(named: "same", in: Sample.project.id))
            try transaction.update(deleted)
            #expect(try !transaction.hasTrainingJob(named: "same", in: Sample.project.id))
            try transaction.insert(twin)
            #expect(try transaction.trainingJob(deleted.id, in: Sample.project.id) == nil)
            #expect(try transaction.trainingJob(twin.id, in: Sample.second.id) == nil)
            #expect(try transaction.trainingJob(deleted.id) == deleted)
        }
    }

    @Test(arguments: StoreKind.allCases) func theQueueIsInOrderOfArrival(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let steps: [TrainingJobMachine.Step] = [.queued, .ended, .queued, .running, .queued]
        // Later jobs have earlier times and names: only the order of arrival may count.
        let jobs = try steps.enumerated().map { index, step in
            try Sample.job("\(9 - index)", at: Int64(9 - index), machine: TrainingJobMachine(step: step))
        }
        try await test.store.write { for job in jobs { try $0.insert(job) } }
        try await test.store.read { transaction throws in
            func ids(_ steps: [TrainingJobMachine.Step], _ limit: Int = 10) throws -> [String] {
                try transaction.trainingJobs(inSteps: steps, limit: limit).map(\.id.text)
            }
            #expect(try ids([.queued]) == ["9", "7", "5"] && ids([.queued], 2) == ["9", "7"])
            #expect(try ids([.queued, .running]) == ["9", "7", "6", "5"] && ids([]).isEmpty)
            let places = try [9, 7, 5].map { try transaction.queuePosition(of: TrainingJobID("\($0)")) }
            #expect(places == [0, 1, 2])
            #expect(try transaction.activeTrainingJobs(in: Sample.project.id) == 4)
            #expect(try transaction.activeTrainingJobs(in: Sample.second.id) == 0)
        }
    }

    @Test(arguments: StoreKind.allCases) func eventsAreInOrderAndPaged(kind: StoreKind) async throws {
        let test = try await TestStore.populated(kind)
        let levels: [TrainingJobEvent.Level] = [.info, .warning, .error]
        let events = levels.enumerated().map { index, level in
            TrainingJobEvent(
                job: TrainingJobID("1"), at: Instant(milliseconds: Int64(9 - index)), level: level, text: "e\(index)")
        }
        let job = try Sample.job("1")
        try await test.store.write { transaction throws in
            try transaction.insert(job)
            for event in events { try transaction.append(event) }
        }
        try await test.store.read { transaction throws in
            let all = try transaction.events(of: job.id, page: PageRequest(limit: 10))
            #expect(all.items == events && all.total == 3)
            let second = try transaction.events(of: job.id, page: PageRequest(offset: 1, limit: 1))
            #expect(second.items == [events[1]] && second.total == 3)
        }
    }
}
