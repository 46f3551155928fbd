import TestKit
import Testing
import Workloads

@Suite struct TrainingJobMachineTests {
    typealias Machine = TrainingJobMachine

    static let events: [Machine.Event] =
        [.placed, .staged, .stagingFailed("x"), .started, .lost("x"), .stopRequested, .saved, .savingFailed("x")]
        + JobEnd.Cause.allCases.flatMap { cause in
            [0, 1, 143].map { .ended(JobEnd(cause: cause, exitCode: $0, message: "")) }
        }

    static func exit(_ code: Int) -> Machine.Event { .ended(JobEnd(cause: .exit, exitCode: code, message: "")) }

    /// The machine after events, and what it asked for.
    static func run(_ events: [Machine.Event]) -> (machine: Machine, actions: [Machine.Action]) {
        var machine = Machine()
        let actions = events.flatMap { machine.handle($0) }
        return (machine, actions)
    }

    struct Life: Sendable {
        let events: [Machine.Event]
        let actions: [Machine.Action]
        let phase: Machine.Phase
        let kind: Machine.Outcome.Kind?
    }

    /// Source: the phases of a training job in the ModelArts API reference, and what each way through must do.
    @Test(arguments: [
        Life(events: [], actions: [], phase: .pending, kind: nil),
        Life(events: [.placed], actions: [.stage], phase: .creating, kind: nil),
        Life(events: [.placed, .staged], actions: [.stage, .submit], phase: .creating, kind: nil),
        Life(events: [.placed, .staged, .started], actions: [.stage, .submit], phase: .running, kind: nil),
        Life(
            events: [.placed, .staged, .started, exit(0)], actions: [.stage, .submit, .save], phase: .running,
            kind: .completed),
        Life(
            events: [.placed, .staged, .started, exit(0), .saved], actions: [.stage, .submit, .save, .finish],
            phase: .completed, kind: .completed),
        Life(
            events: [.placed, .staged, .started, exit(0), .savingFailed("full")],
            actions: [.stage, .submit, .save, .finish], phase: .failed, kind: .failed),
        Life(
            events: [.placed, .staged, .started, exit(1), .saved], actions: [.stage, .submit, .save, .finish],
            phase: .failed, kind: .failed),
        Life(events: [.placed, .stagingFailed("x")], actions: [.stage, .finish], phase: .failed, kind: .failed),
        Life(events: [.stopRequested], actions: [.finish], phase: .terminated, kind: .terminated),
        Life(events: [.placed, .stopRequested], actions: [.stage], phase: .terminating, kind: nil),
        Life(
            events: [.placed, .stopRequested, .staged], actions: [.stage, .finish], phase: .terminated,
            kind: .terminated),
        Life(
            events: [.placed, .stopRequested, .stagingFailed("x")], actions: [.stage, .finish], phase: .terminated,
            kind: .terminated),
        Life(
            events: [.placed, .staged, .started, .stopRequested], actions: [.stage, .submit, .stop],
            phase: .terminating, kind: nil),
        Life(
            events: [.placed, .staged, .stopRequested, .started], actions: [.stage, .submit, .stop, .stop],
            phase: .terminating, kind: nil),
        Life(
            events: [.placed, .staged, .started, .stopRequested, exit(143), .saved],
            actions: [.stage, .submit, .stop, .save, .finish], phase: .terminated, kind: .terminated),
        Life(
            events: [.placed, .staged, .started, .stopRequested, exit(0), .saved],
            actions: [.stage, .submit, .stop, .save, .finish], phase: .completed, kind: .completed),
        Life(
            events: [.placed, .staged, .started, .lost("x"), .saved], actions: [.stage, .submit, .save, .finish],
            phase: .abnormal, kind: .abnormal),
        Life(
            events: [.placed, .staged, exit(1)], actions: [.stage, .submit, .save], phase: .running, kind: .failed),
    ])
    func lives(_ life: Life) {
        let (machine, actions) = Self.run(life.events)
        #expect(actions == life.actions)
        #expect(machine.phase == life.phase)
        #expect(machine.outcome?.kind == life.kind)
    }

    @Test(arguments: [
        (JobEnd.Cause.exit, 0, Machine.Outcome.Kind.completed, ""),
        (.exit, 3, .failed, "exit code 3"), (.stopped, 143, .terminated, ""),
        (.outOfMemory, 137, .failed, "memory"), (.timeLimit, 143, .terminated, "auto-stop"),
        (.lease, 143, .terminated, "arrears"), (.startFailed, 0, .failed, "could not be started"),
    ])
    func endsSayWhy(_ cause: JobEnd.Cause, _ code: Int, _ kind: Machine.Outcome.Kind, _ words: String) {
        let end = JobEnd(cause: cause, exitCode: code, message: "")
        let outcome = Self.run([.placed, .staged, .started, .ended(end)]).machine.outcome
        #expect(outcome?.kind == kind)
        #expect(words.isEmpty ? outcome?.message == "" : outcome?.message.contains(words) == true)
    }

    /// Every step takes every event; what does not belong there changes nothing and asks for nothing.
    @Test(arguments: Machine.Step.allCases)
    func everyEventIsTaken(_ step: Machine.Step) {
        let moving: [Machine.Step: Int] = [
            .queued: 2, .staging: 2, .submitting: 21, .running: 20, .stopping: 19, .saving: 2,
        ]
        for isStopRequested in [false, true] {
            var moved = 0
            for event in Self.events {
                var machine = Machine(step: step, isStopRequested: isStopRequested)
                let before = machine
                let actions = machine.handle(event)
                if machine.step != before.step { moved += 1 }
                if machine == before { #expect(actions.isEmpty || actions == [.stop]) }
            }
            if step == .ended { #expect(moved == 0) }
            if !isStopRequested { #expect(moved == moving[step] ?? 0) }
        }
    }

    /// However events are shuffled, doubled and late: it finishes at most once, never goes back, and nothing traps.
    @Test func anyOrderOfEventsIsSurvived() {
        var generator = SeededGenerator(seed: 11)
        let order = Machine.Step.allCases
        for _ in 0..<3_000 {
            var (machine, asked, furthest) = (Machine(), [Machine.Action](), 0)
            for _ in 0..<40 {
                let event = Self.events.randomElement(using: &generator) ?? .placed
                let wasEnded = machine.step == .ended
                let before = machine
                asked += machine.handle(event)
                let place = order.firstIndex(of: machine.step) ?? 0
                #expect(place >= furthest)
                furthest = place
                if wasEnded { #expect(machine == before) }
            }
            for once in [Machine.Action.stage, .submit, .save, .finish] {
                #expect(asked.count { $0 == once } <= 1)
            }
            #expect(asked.contains(.finish) == (machine.step == .ended))
            #expect((machine.outcome != nil) == Machine.endedSteps.contains(machine.step))
        }
    }

    /// What is done again after the server was away; each act may be repeated (law 12).
    @Test(arguments: [
        (Machine.Step.queued, [Machine.Action]()), (.staging, [.stage]), (.submitting, [.submit]), (.running, []),
        (.stopping, [.submit, .stop]), (.saving, [.save]), (.ended, []),
    ])
    func goesOnWhereItStood(_ step: Machine.Step, _ actions: [Machine.Action]) {
        #expect(Machine(step: step).resumption == actions)
    }

    @Test func stepsHoldTheirPlace() {
        #expect(Machine.placedSteps == [.staging, .submitting, .running, .stopping])
        #expect(Machine.endedSteps == [.saving, .ended])
    }

    /// The names are those of ModelArts' wire; the parts by which a machine is stored give it back.
    @Test(arguments: Machine.Step.allCases)
    func isStoredByItsParts(_ step: Machine.Step) throws {
        for kind in Machine.Outcome.Kind.allCases {
            let machine = Machine(step: step, outcome: .init(kind, "why"), isStopRequested: true)
            let read = Machine(
                step: try #require(Machine.Step(rawValue: machine.step.rawValue)),
                outcome: .init(try #require(Machine.Outcome.Kind(rawValue: kind.rawValue)), "why"),
                isStopRequested: machine.isStopRequested)
            #expect(read == machine)
            #expect(read.phase.rawValue.first?.isUppercase == true && !read.secondaryPhase.isEmpty)
        }
    }
}
