import Executors
import Glibc
import Kernel
import Platform
import Testing

/// What an attempt may use, and how it is ended when it goes beyond.
@Suite struct LimitTests {
    @Test(arguments: Backend.allCases)
    func moreMemoryThanAllowedIsKilledAndSaysSo(_ backend: Backend) async throws {
        let (end, _) = try await Bench(backend).run(
            Bench.spec(
                "a", "/usr/bin/python3 -c 'import time; x = bytearray(300 << 20); time.sleep(30)'", memory: 100 << 20))
        #expect(end.cause == .outOfMemory)
        #expect(end.message.contains("100 MiB"))
    }

    @Test(arguments: Backend.allCases)
    func memoryWithinTheLimitIsFine(_ backend: Backend) async throws {
        let (end, log) = try await Bench(backend).run(
            Bench.spec("a", "/usr/bin/python3 -c 'x = bytearray(60 << 20); print(len(x))'", memory: 256 << 20))
        #expect((end.cause, end.exitCode, log) == (.exit, 0, "62914560\n"))
    }

    @Test func aFullLogKeepsItsLastPart() async throws {
        let bench = try Bench(.counting)
        let (end, log) = try await bench.run(
            Bench.spec("a", "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo last", log: 64 << 10))
        #expect(end.droppedLogBytes > 900_000)
        #expect(end.message.contains("dropped"))
        #expect(log.hasSuffix("x\nlast\n"))
        let piece = try await bench.executor.log(AttemptID("a"), from: 0, limit: 1 << 20)
        #expect(piece.writtenBytes == 1_000_006)
        #expect(piece.bytes.count <= 64 << 10 && piece.bytes.count >= 32 << 10)
        #expect(piece.offset == piece.droppedBytes && piece.offset + Int64(piece.bytes.count) == piece.writtenBytes)
    }

    @Test func aLogIsReadInPieces() async throws {
        let bench = try Bench(.counting)
        _ = try await bench.run(Bench.spec("a", "for i in {1..3000}; do echo line $i; done", log: 16 << 10))
        var (offset, text) = (Int64(0), "")
        while true {
            let piece = try await bench.executor.log(AttemptID("a"), from: offset, limit: 777)
            if piece.bytes.isEmpty { break }
            text += String(decoding: piece.bytes, as: UTF8.self)
            offset = piece.offset + Int64(piece.bytes.count)
        }
        #expect(text.hasSuffix("line 2999\nline 3000\n"))
        #expect(try await bench.executor.log(AttemptID("a"), from: .max, limit: 0).writtenBytes == offset)
    }

    @Test(arguments: Backend.allCases)
    func stopAsksFirst(_ backend: Backend) async throws {
        let bench = try Bench(backend)
        try await bench.executor.submit(
            Bench.spec("a", "trap 'echo asked; exit 3' TERM; echo ready; while :; do sleep 0.05; done"))
        try await bench.ready("a")
        try await bench.executor.stop(AttemptID("a"))
        let (end, log) = try await bench.end(of: "a")
        #expect((end.cause, end.exitCode) == (.stopped, 3))
        #expect(log.hasSuffix("asked\n"))
    }

    /// TERM is ignored, children have gone into sessions of their own: KILL comes after the grace, and for all.
    @Test(arguments: Backend.allCases)
    func stopKillsWhatDoesNotListen(_ backend: Backend) async throws {
        let bench = try Bench(backend)
        let script =
            "trap '' TERM; setsid bash -c 'trap \"\" TERM; sleep 300' & echo ready; while :; do sleep 0.1; done"
        try await bench.executor.submit(Bench.spec("a", script, grace: 1))
        try await bench.ready("a")
        try await bench.executor.stop(AttemptID("a"))
        let (end, _) = try await bench.end(of: "a")
        #expect((end.cause, end.exitCode) == (.stopped, 137))
    }

    @Test func theTimeLimitEndsIt() async throws {
        let (end, _) = try await Bench(.counting).run(Bench.spec("a", "sleep 300", timeLimit: 1))
        #expect(end.cause == .timeLimit)
        #expect(end.message.contains("1 s"))
    }

    /// On a clock that only the test moves, so that no load on this machine can make it come late.
    @Test func theLeaseEndsItUnlessItIsMoved() async throws {
        let bench = try Bench(.counting, clockFile: "clock")
        let start = Instant(milliseconds: 1_900_000_000_000)
        bench.move(to: start)
        let lease = start.advanced(milliseconds: 60_000)
        for id in ["kept", "cut"] {
            try await bench.executor.submit(Bench.spec(id, "echo ready; sleep 300", lease: lease))
            try await bench.ready(id)
        }
        try await bench.executor.renewLease(AttemptID("kept"), until: start.advanced(milliseconds: 900_000))
        bench.move(to: start.advanced(milliseconds: 70_000))
        #expect(try await bench.end(of: "cut").end.cause == .lease)
        try await bench.executor.stop(AttemptID("kept"))
        let evidence = try await bench.evidence(of: "kept") { $0.shim == .ended }
        guard case .ended(let end)? = evidence.records.last?.event else {
            Issue.record("no end")
            return
        }
        #expect(end.cause == .stopped)
        #expect(evidence.records.first?.at == start)
        #expect(evidence.records.last?.at == start.advanced(milliseconds: 70_000))
    }
}

extension Bench {
    /// Moves the simulated time: milliseconds since 1970 as 8 bytes, replaced in one step.
    func move(to instant: Instant) {
        let path = folder + "/clock"
        let bytes = (0..<8).map { UInt8(truncatingIfNeeded: instant.milliseconds >> ($0 * 8)) }
        let descriptor = open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = write(descriptor, bytes, 8)
        close(descriptor)
        rename(path + ".new", path)
    }

    /// Waits until an attempt has written that it is ready.
    func ready(_ id: String) async throws {
        for _ in 0..<3_000 {
            if try await log(of: id).contains("ready") { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Fault(.unavailable, "the attempt \(id) was not ready in 30 s")
    }
}
