import Kernel
import Platform
import Synchronization
import TestKit

/// Machines that are played: what they say is late, doubled, or missing for hours; what really ran is known.
final class SimulatedExecutor: Executor {
    private let state: Mutex<State>

    struct Run: Sendable {
        let start: Second
        /// When it would end by itself.
        let planned: Second
        var lease: Second
        var end: Second?
        var cause = AttemptEnd.Cause.exit
        /// The shim was killed then: nothing is told after the last proof of life.
        var lost: Second?
        /// Nothing is heard between these.
        var dark: Range<Second>?

        /// The last second that a record proves, were all records told by a second.
        func proven(by now: Second) -> Second {
            if let end, lost == nil, end <= now { return end }
            let last = min(now, lost ?? now, end ?? now)
            return start + max(0, last - start) / 60 * 60
        }
    }

    private struct State: Sendable {
        var runs: [AttemptID: Run] = [:]
        var now: Second
        var random: SeededGenerator
        var faults = SimulatedFaults()
    }

    init(seed: UInt64, now: Second) { state = Mutex(State(now: now, random: SeededGenerator(seed: seed))) }

    /// Time passes on the machines: what was to end has ended there before the server knows of the time.
    func advance(to now: Second) {
        state.withLock { state in
            state.now = now
            for id in state.runs.keys.sorted() {
                guard var run = state.runs[id], run.end == nil else { continue }
                let end = min(run.planned, run.lease)
                if end <= now { (run.end, run.cause) = (end, run.lease < run.planned ? .lease : .exit) }
                if run.end == nil, run.lost == nil, Int.random(in: 0..<400, using: &state.random) == 0 {
                    run.lost = now
                    state.faults.lostShims += 1
                }
                if run.dark.map({ $0.upperBound <= now }) ?? true, Int.random(in: 0..<40, using: &state.random) == 0 {
                    run.dark = now..<(now + Int64.random(in: 600...20_000, using: &state.random))
                    state.faults.darkSpells += 1
                }
                state.runs[id] = run
            }
        }
    }

    /// Everything that is to be heard can be heard, and what runs has ended.
    func settle() {
        state.withLock { state in
            for (id, var run) in state.runs {
                run.dark = nil
                state.runs[id] = run
            }
        }
    }

    /// What ran, by attempt: start and the first second that nothing proves.
    var truth: [AttemptID: Range<Second>] {
        state.withLock { state in state.runs.mapValues { $0.start..<$0.proven(by: state.now) } }
    }

    /// What became of an attempt, in words.
    func run(_ attempt: AttemptID) -> String {
        state.withLock { state in state.runs[attempt].map { "\($0)" } ?? "never submitted" }
    }

    var faults: SimulatedFaults { state.withLock { $0.faults } }

    func capacity() async throws -> ExecutorCapacity {
        ExecutorCapacity(cpuMillicores: 16_000, memoryBytes: 64 << 30, accelerators: [])
    }

    func submit(_ spec: AttemptSpec) async throws {
        state.withLock { state in
            guard state.runs[spec.attempt] == nil else { return }
            let length = Int64.random(in: 1...40_000, using: &state.random)
            state.runs[spec.attempt] = Run(
                start: state.now, planned: state.now + length,
                lease: spec.leaseUntil?.second ?? state.now + length)
        }
    }

    func stop(_ attempt: AttemptID) async throws {
        state.withLock { state in
            guard var run = state.runs[attempt], run.end == nil else { return }
            (run.end, run.cause) = (state.now, .stopped)
            state.runs[attempt] = run
        }
    }

    func renewLease(_ attempt: AttemptID, until: Instant) async throws {
        state.withLock { $0.runs[attempt]?.lease = until.second }
    }

    func evidence(_ attempt: AttemptID, after: Int64) async throws -> AttemptEvidence {
        state.withLock { state in
            guard let run = state.runs[attempt] else { return AttemptEvidence(records: [], shim: .absent) }
            let isDark = run.dark?.contains(state.now) ?? false
            let heard = isDark ? run.dark?.lowerBound ?? state.now : state.now
            // Some records are told again.
            let from = Int.random(in: 0..<3, using: &state.random) == 0 ? -1 : after
            if from < after { state.faults.doubledRecords += 1 }
            return AttemptEvidence(
                records: run.records(of: attempt, by: heard).filter { $0.sequence > from },
                shim: run.lost != nil && !isDark ? .lost : run.end.map { $0 <= heard } == true ? .ended : .alive)
        }
    }

    func hints() -> AsyncStream<AttemptID> { AsyncStream { $0.finish() } }

    func log(_ attempt: AttemptID, from offset: Int64, limit: Int) async throws -> LogPiece {
        LogPiece(bytes: [], offset: offset, writtenBytes: 0, droppedBytes: 0)
    }

    func release(_ attempt: AttemptID) async throws {}
}

extension SimulatedExecutor.Run {
    /// The start, the latest proof of life, and the end, as far as they were written by a second.
    func records(of attempt: AttemptID, by now: Second) -> [AttemptRecord] {
        func record(_ sequence: Int64, _ at: Second, _ event: AttemptRecord.Event) -> AttemptRecord {
            AttemptRecord(attempt: attempt, rank: 0, sequence: sequence, at: Instant(at), event: event)
        }
        var records = [record(0, start, .started)]
        let last = min(now, lost ?? now, end ?? now)
        let beats = max(0, last - start) / 60
        if beats > 0 { records.append(record(beats, start + beats * 60, .alive)) }
        if let end, lost == nil, end <= now {
            let how = AttemptEnd(
                cause: cause, exitCode: 0, peakMemoryBytes: nil, cpuMilliseconds: nil, droppedLogBytes: 0, message: "")
            records.append(record(1_000_000, end, .ended(how)))
        }
        return records
    }
}

/// What went wrong, by kind.
struct SimulatedFaults: Sendable {
    var crashes = 0
    var fullDisks = 0
    var lostShims = 0
    var darkSpells = 0
    var doubledRecords = 0
    var repeatedEvents = 0
    var clockJumps = 0
    /// Days in which nothing was asked of the platform.
    var pauses = 0

    var total: Int {
        crashes + fullDisks + lostShims + darkSpells + doubledRecords + repeatedEvents + clockJumps + pauses
    }

    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.crashes += right.crashes
        sum.fullDisks += right.fullDisks
        sum.lostShims += right.lostShims
        sum.darkSpells += right.darkSpells
        sum.doubledRecords += right.doubledRecords
        sum.repeatedEvents += right.repeatedEvents
        sum.clockJumps += right.clockJumps
        sum.pauses += right.pauses
        return sum
    }
}
