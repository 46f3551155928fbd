import Kernel
import Testing
import Workloads

@Suite struct NotebookLeaseTests {
    private static let hour: Int64 = 3_600_000
    private static let start = Instant(milliseconds: 1_000_000_000_000)

    private static func at(_ hours: Int64, _ milliseconds: Int64 = 0) -> Instant {
        start.advanced(milliseconds: hours * hour + milliseconds)
    }

    private static func look(busy: Bool = false, _ lastActive: Instant?) -> NotebookActivity {
        NotebookActivity(isBusy: busy, lastActive: lastActive, kernels: 1, terminals: 0)
    }

    @Test func aTimingLeaseEndsAfterItsTimeWhateverIsDone() {
        let lease = NotebookLease(kind: .timing, duration: Self.hour, begunAt: Self.start)
        #expect(lease.end(lastActive: nil) == Self.at(1))
        #expect(lease.end(lastActive: Self.at(0, 5)) == Self.at(1))
        #expect(lease.begun(at: Self.at(3), duration: 2 * Self.hour).end(lastActive: nil) == Self.at(5))
    }

    @Test func anIdleLeaseEndsAfterTheLastUse() {
        let lease = NotebookLease(kind: .idle, duration: Self.hour, begunAt: Self.start)
        #expect(lease.end(lastActive: nil) == Self.at(1))
        #expect(lease.end(lastActive: Self.at(0, 700)) == Self.at(1, 700))
        // A renewal is a use.
        #expect(lease.begun(at: Self.at(3)).end(lastActive: Self.at(0, 700)) == Self.at(4))
    }

    /// JupyterHub issue 1498: a cell that runs for hours without a word is in use.
    @Test func aBusyKernelIsInUseHoweverQuiet() {
        var use = NotebookUse(begunAt: Self.start)
        for hours in 1...10 {
            let now = Self.at(Int64(hours))
            use.take(Self.look(busy: true, Self.at(0, 5)), lastInput: nil, now: now, machineNow: now)
            #expect(use.lastActive == now && use.isBusy)
        }
        // It ended at half past ten; the next look is an hour after the one before, and knows that.
        use.take(Self.look(Self.at(10, Self.hour / 2)), lastInput: nil, now: Self.at(11), machineNow: Self.at(11))
        #expect(use.lastActive == Self.at(10, Self.hour / 2))
    }

    /// Berkeley's datahub, pull request 1038: a tab that is open and does nothing keeps nothing alive.
    @Test func whatTellsNothingNewIsIdle() {
        var use = NotebookUse(begunAt: Self.start)
        for hours in 1...3 {
            let now = Self.at(Int64(hours))
            use.take(Self.look(Self.at(0, 900)), lastInput: Self.at(0, 400), now: now, machineNow: now)
            #expect(use.lastActive == Self.at(0, 900))
        }
    }

    @Test func somebodysInputIsAUse() {
        var use = NotebookUse(begunAt: Self.start)
        use.take(Self.look(Self.at(0, 900)), lastInput: Self.at(0, 5_000), now: Self.at(1), machineNow: Self.at(1))
        #expect(use.lastActive == Self.at(0, 5_000))
    }

    /// On a simulated clock hours pass in a moment of the machine's time: what is new happened since the last look.
    @Test func usesAreToldApartOnASimulatedClock() {
        let machine = Instant(milliseconds: 2_000_000_000_000)
        var use = NotebookUse(begunAt: Self.start)
        use.take(
            Self.look(machine), lastInput: nil, now: Self.at(1), machineNow: machine.advanced(milliseconds: 2_000))
        #expect(use.lastActive == Self.at(1, -2_000))
        use.take(
            Self.look(machine), lastInput: nil, now: Self.at(2), machineNow: machine.advanced(milliseconds: 3_000))
        #expect(use.lastActive == Self.at(1, -2_000))
        use.take(
            Self.look(machine.advanced(milliseconds: 3_500)), lastInput: nil, now: Self.at(3),
            machineNow: machine.advanced(milliseconds: 4_000))
        #expect(use.lastActive == Self.at(3, -500))
    }

    @Test(arguments: [(3_600_000, "1 h"), (5_400_000, "1 h 30 min"), (259_200_000, "72 h")] as [(Int64, String)])
    func theReasonNamesTheTime(duration: Int64, words: String) {
        let lease = NotebookLease(kind: .idle, duration: duration, begunAt: Self.start)
        #expect(lease.endWords.contains("idle for \(words)"))
    }
}
