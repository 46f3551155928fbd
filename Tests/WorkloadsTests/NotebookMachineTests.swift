import TestKit
import Testing
import Workloads

@Suite struct NotebookMachineTests {
    typealias Machine = NotebookMachine

    static let events: [Machine.Event] =
        [
            .placed, .refused("x"), .stored, .storingFailed("x"), .started, .connected, .ready, .notReady("x"),
            .lost("x"), .stopRequested("x"), .deleteRequested, .snapshotRequested, .snapshotEnded("x"), .removed,
            .removalFailed("x"),
        ]
        + JobEnd.Cause.allCases.flatMap { cause in
            [0, 1, 143].map { .ended(JobEnd(cause: cause, exitCode: $0, message: "")) }
        }

    static func end(_ cause: JobEnd.Cause, _ code: Int = 0) -> Machine.Event {
        .ended(JobEnd(cause: cause, exitCode: code, message: ""))
    }

    /// The events of a first start that goes well.
    static let up: [Machine.Event] = [.placed, .stored, .started, .connected, .ready]
    static let upActions: [Machine.Action] = [.store, .submit, .awaitServer]

    static func run(_ events: [Machine.Event], from machine: Machine = Machine()) -> (
        machine: Machine, actions: [Machine.Action]
    ) {
        var machine = machine
        let actions = events.flatMap { machine.handle($0) }
        return (machine, actions)
    }

    struct Life: Sendable {
        let events: [Machine.Event]
        let actions: [Machine.Action]
        let status: Machine.Status
        /// WAITING, PROCESSING, FAILED, COMPLETED of the four parts, by their first letters.
        var parts = "CCCC"
        /// What the reason holds.
        var reason = ""
    }

    /// Source: the states of a notebook and the four parts of its creation in the ModelArts API reference.
    @Test(arguments: [
        Life(events: [], actions: [], status: .initial, parts: "WWWW"),
        Life(events: [.placed], actions: [.store], status: .creating, parts: "PWWW"),
        Life(events: [.placed, .stored], actions: [.store, .submit], status: .creating, parts: "CPWW"),
        Life(events: [.placed, .stored, .started], actions: upActions, status: .creating, parts: "CCPW"),
        Life(events: Array(up.prefix(4)), actions: upActions, status: .creating, parts: "CCCP"),
        Life(events: up, actions: upActions, status: .running),
        // A server that answers at the first look was never seen to be only connected.
        Life(events: [.placed, .stored, .started, .ready], actions: upActions, status: .running),
        Life(events: up + [.stopRequested("")], actions: upActions + [.stop], status: .stopping),
        Life(
            events: up + [.stopRequested(""), end(.stopped)], actions: upActions + [.stop, .finish], status: .stopped),
        Life(
            events: up + [.stopRequested(""), end(.stopped), .placed], actions: upActions + [.stop, .finish, .store],
            status: .starting, parts: "PWWW"),
        Life(
            events: up + [.stopRequested(""), end(.stopped)] + up,
            actions: upActions + [.stop, .finish] + upActions, status: .running),
        // No room: nothing is asked for, and it can be started later.
        Life(events: [.refused("no room")], actions: [], status: .createFailed, parts: "CFWW", reason: "no room"),
        Life(events: [.refused("no room")] + up, actions: upActions, status: .running),
        Life(
            events: up + [.stopRequested(""), end(.stopped), .refused("no room")],
            actions: upActions + [.stop, .finish], status: .startFailed, parts: "CFWW", reason: "no room"),
        Life(
            events: [.placed, .storingFailed("full")], actions: [.store, .finish], status: .createFailed, parts: "FWWW",
            reason: "full"),
        Life(
            events: [.placed, .stored, end(.startFailed)], actions: [.store, .submit, .finish], status: .createFailed,
            parts: "CFWW", reason: "could not be started"),
        Life(
            events: [.placed, .stored, .started, end(.exit, 1)], actions: upActions + [.finish], status: .createFailed,
            parts: "CCFW", reason: "exit code 1"),
        // One that does not answer is stopped, and says so while it is and after.
        Life(
            events: [.placed, .stored, .started, .notReady("no answer")], actions: upActions + [.stop],
            status: .creating, parts: "CCFW", reason: "no answer"),
        Life(
            events: [.placed, .stored, .started, .notReady("no answer"), end(.stopped)],
            actions: upActions + [.stop, .finish], status: .createFailed, parts: "CCFW", reason: "no answer"),
        // A start that is called off ends with nothing running.
        Life(
            events: [.placed, .stopRequested(""), .stored], actions: [.store, .finish], status: .stopped,
            parts: "WWWW"),
        Life(
            events: [.placed, .stored, .stopRequested(""), .started, end(.stopped)],
            actions: [.store, .submit, .stop, .stop, .finish], status: .stopped, parts: "CWWW"),
        Life(
            events: [.placed, .stored, .stopRequested(""), .lost("never started")],
            actions: [.store, .submit, .stop, .finish], status: .stopped, parts: "CWWW"),
        // Ends that nobody asked for.
        Life(events: up + [end(.exit, 0)], actions: upActions + [.finish], status: .stopped, reason: "from inside"),
        Life(events: up + [end(.exit, 1)], actions: upActions + [.finish], status: .error, reason: "exit code 1"),
        Life(events: up + [end(.outOfMemory, 137)], actions: upActions + [.finish], status: .error, reason: "memory"),
        Life(events: up + [.lost("gone")], actions: upActions + [.finish], status: .error, reason: "gone"),
        Life(
            events: up + [.lost("gone"), .placed], actions: upActions + [.finish, .store], status: .starting,
            parts: "PWWW"),
        Life(events: up + [end(.lease)], actions: upActions + [.finish], status: .frozen, reason: "arrears"),
        Life(
            events: up + [end(.lease), .placed], actions: upActions + [.finish, .store], status: .starting,
            parts: "PWWW"),
        // Deleting.
        Life(events: up + [.deleteRequested], actions: upActions + [.stop], status: .deleting),
        Life(
            events: up + [.deleteRequested, end(.stopped), .removed],
            actions: upActions + [.stop, .finish, .remove], status: .deleted),
        Life(
            events: up + [.stopRequested(""), .deleteRequested, end(.stopped)],
            actions: upActions + [.stop, .stop, .finish, .remove], status: .deleting),
        Life(
            events: [.refused("no room"), .deleteRequested, .removed], actions: [.remove], status: .deleted,
            parts: "CWWW"),
        Life(
            events: [.refused("no room"), .deleteRequested, .removalFailed("busy")], actions: [.remove],
            status: .deleteFailed, parts: "CWWW", reason: "busy"),
        Life(
            events: [.refused("no room"), .deleteRequested, .removalFailed("busy"), .deleteRequested, .removed],
            actions: [.remove, .remove], status: .deleted, parts: "CWWW"),
        // Saving its environment.
        Life(events: up + [.snapshotRequested], actions: upActions + [.snapshot], status: .snapshotting),
        Life(
            events: up + [.snapshotRequested, .snapshotEnded("")], actions: upActions + [.snapshot], status: .running),
        Life(
            events: up + [.snapshotRequested, .lost("gone")], actions: upActions + [.snapshot, .finish], status: .error,
            reason: "gone"),
    ])
    func everyWayThroughEndsWhereItShould(life: Life) {
        let (machine, actions) = Self.run(life.events)
        #expect(actions == life.actions)
        #expect(machine.status == life.status)
        #expect(String(machine.progress.map { $0.progress.rawValue.first ?? "?" }) == life.parts)
        #expect(life.reason.isEmpty ? machine.reason.isEmpty : machine.reason.contains(life.reason))
    }

    /// What may be asked of it in each state.
    @Test(arguments: [
        ("INIT", true, false, true), ("CREATING", false, true, false), ("STARTING", false, true, false),
        ("RUNNING", false, true, true), ("STOPPING", false, true, true), ("STOPPED", true, false, true),
        ("SNAPSHOTTING", false, false, false), ("DELETING", false, false, true), ("DELETED", false, false, true),
        ("CREATE_FAILED", true, false, true), ("START_FAILED", true, false, true),
        ("DELETE_FAILED", false, false, true),
        ("ERROR", true, false, true), ("FROZEN", true, false, true),
    ])
    func whatMayBeAsked(name: String, canStart: Bool, canStop: Bool, canDelete: Bool) throws {
        let status = try #require(Machine.Status(rawValue: name))
        let machines = Self.reachable.filter { $0.status == status && $0.next != .failed }
        #expect(!machines.isEmpty)
        for machine in machines {
            #expect(machine.canStart == canStart, "\(machine)")
            #expect(machine.canStop == canStop, "\(machine)")
            #expect(machine.canDelete == canDelete, "\(machine)")
        }
    }

    /// Everything that events can make of a machine.
    static let reachable: Set<Machine> = {
        var known: Set<Machine> = [Machine()]
        var fresh = known
        while !fresh.isEmpty {
            let next = Set(fresh.flatMap { machine in events.map { run([$0], from: machine).machine } })
            fresh = next.subtracting(known)
            known.formUnion(next)
        }
        return known
    }()

    /// Law 12: wherever a server dies, the work goes on from the step that is stored.
    @Test func everyStepOnTheWayKnowsHowToGoOn() {
        for machine in Self.reachable {
            #expect(machine.resumption.isEmpty == !Machine.actingSteps.contains(machine.step), "\(machine)")
        }
    }

    /// Nothing runs, or holds a place, where a notebook says it rests.
    @Test func whatRestsHoldsNothing() {
        for machine in Self.reachable where Machine.restingSteps.contains(machine.step) {
            #expect(!Machine.placedSteps.contains(machine.step) && !Machine.workingSteps.contains(machine.step))
            #expect(machine.next == nil, "\(machine)")
        }
    }

    @Test func anEventThatComesTwiceAsksForNothingNew() {
        for machine in Self.reachable {
            for event in Self.events {
                let (once, _) = Self.run([event], from: machine)
                let (twice, again) = Self.run([event], from: once)
                // A stop may be asked for again; asked twice it stops nothing twice. A removal may be tried again.
                let isRepeatable = again.allSatisfy { $0 == .stop || $0 == .remove }
                #expect(isRepeatable, "\(event) in \(once) gives \(again)")
                if event != .deleteRequested { #expect(twice == once, "\(event) in \(machine)") }
            }
        }
    }
}
