import Executors
import Glibc
import Kernel
import Platform
import Testing

/// The contract of `docs/executors.md`: one life per attempt, told in durable records.
@Suite struct LifeTests {
    @Test(arguments: Backend.allCases)
    func startsRunsEnds(_ backend: Backend) async throws {
        let bench = try Bench(backend)
        try await bench.executor.submit(Bench.spec("a", "echo out; echo err >&2; exit 7"))
        let evidence = try await bench.evidence(of: "a") { $0.shim == .ended }
        #expect(evidence.records.map(\.sequence) == Array(0..<Int64(evidence.records.count)))
        #expect(evidence.records.first?.event == .started)
        guard case .ended(let end)? = evidence.records.last?.event else {
            Issue.record("no end")
            return
        }
        #expect((end.cause, end.exitCode, end.droppedLogBytes) == (.exit, 7, 0))
        #expect(try await bench.log(of: "a") == "out\nerr\n")
        let (first, last) = (evidence.records.first, evidence.records.last)
        #expect((last?.at.milliseconds ?? 0) >= (first?.at.milliseconds ?? 1))
    }

    @Test func aSignalIsToldAs128AndItsNumber() async throws {
        #expect(try await Bench(.counting).run(Bench.spec("a", "kill -SEGV $$")).end.exitCode == 128 + 11)
    }

    /// Law 12: however often it is asked for, it starts once.
    @Test func aSecondSubmitStartsNothing() async throws {
        let bench = try Bench(.counting)
        let spec = Bench.spec("a", "echo once; sleep 0.3")
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await bench.executor.submit(spec) } }
            try await group.waitForAll()
        }
        _ = try await bench.end(of: "a")
        try await bench.executor.submit(spec)
        let again = try await bench.evidence(of: "a") { $0.shim == .ended }
        #expect(again.records.filter { $0.event == .started }.count == 1)
        #expect(try await bench.log(of: "a") == "once\n")
    }

    @Test func recordsAreReadFromASequenceOn() async throws {
        let bench = try Bench(.counting)
        _ = try await bench.run(Bench.spec("a", "true"))
        #expect(try await bench.executor.evidence(AttemptID("a"), after: 0).records.count == 1)
        let none = try await bench.executor.evidence(AttemptID("a"), after: 99)
        #expect(none.records.isEmpty && none.shim == .ended)
    }

    @Test func whatWasNeverSubmittedIsAbsent() async throws {
        #expect(try await Bench(.counting).executor.evidence(AttemptID("nobody"), after: -1).shim == .absent)
    }

    /// A line that a crash cut off was never written; what follows is readable.
    @Test func aTornRecordIsNoRecord() async throws {
        let bench = try Bench(.counting)
        _ = try await bench.run(Bench.spec("a", "true"))
        let descriptor = open("\(bench.folder)/attempts/a/records", O_WRONLY | O_APPEND)
        let torn = Array("2 ended 17".utf8)
        #expect(write(descriptor, torn, torn.count) == torn.count)
        close(descriptor)
        #expect(try await bench.executor.evidence(AttemptID("a"), after: -1).records.count == 2)
    }

    @Test func aHintTellsOfEachRecord() async throws {
        let bench = try Bench(.counting)
        try await bench.executor.submit(Bench.spec("a", "true"))
        var hints: [String] = []
        for await attempt in bench.executor.hints() {
            hints.append(attempt.text)
            if hints.count == 2 { break }
        }
        #expect(hints == ["a", "a"])
    }

    /// Law 8: a shim that is killed takes its work with it, and the last record is the last proof.
    @Test(arguments: Backend.allCases)
    func aKilledShimIsLostAndSoIsItsWork(_ backend: Backend) async throws {
        let bench = try Bench(backend)
        // An argument that no other process on this machine has.
        let mark = "300.\(getpid())\(backend == .counting ? 1 : 2)"
        try await bench.executor.submit(Bench.spec("a", "setsid sleep \(mark) & echo ready; exec sleep \(mark)"))
        try await bench.ready("a")
        let shim = bench.shim(of: "a")
        try #require(shim > 1)
        kill(shim, SIGKILL)
        let evidence = try await bench.evidence(of: "a") { $0.shim == .lost }
        #expect(evidence.records.first?.event == .started)
        #expect(evidence.records.dropFirst().allSatisfy { $0.event == .alive })
        for _ in 0..<500 where !Bench.commandLines(with: mark).isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        #expect(Bench.commandLines(with: mark).isEmpty)
        try await bench.executor.submit(Bench.spec("a", "echo again"))
        #expect(try await bench.executor.evidence(AttemptID("a"), after: -1).shim == .lost)
    }

    @Test func aFolderGoesWithItsRelease() async throws {
        let bench = try Bench(.counting)
        try await bench.executor.submit(Bench.spec("a", "sleep 300"))
        _ = try await bench.evidence(of: "a") { $0.records.first?.event == .started }
        await #expect(throws: Fault.self) { try await bench.executor.release(AttemptID("a")) }
        try await bench.executor.stop(AttemptID("a"))
        _ = try await bench.end(of: "a")
        // The shim ends a moment after it has written the end.
        for _ in 0..<500 {
            if (try? await bench.executor.release(AttemptID("a"))) != nil { break }
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(access("\(bench.folder)/attempts/a", F_OK) != 0)
    }

    @Test func aSandboxThatCannotBeMadeSaysWhy() async throws {
        let missing = [AttemptSpec.Mount(hostPath: "/nowhere/at/all", sandboxPath: "/x", isWritable: false)]
        let bench = try Bench(.counting)
        let (end, _) = try await bench.run(Bench.spec("a", "true", mounts: missing))
        #expect(end.cause == .startFailed)
        #expect(end.message.contains("/nowhere/at/all"))
    }
}
