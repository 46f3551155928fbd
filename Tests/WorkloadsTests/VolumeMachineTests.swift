import Kernel
import TestKit
import Testing
import Workloads

@Suite struct VolumeMachineTests {
    typealias Machine = VolumeMachine

    static let events: [Machine.Event] = [
        .created, .creationFailed("x"), .attachRequested, .mounted, .mountFailed("x"), .detachRequested, .unmounted,
        .unmountFailed("x"), .growRequested, .grown, .growthFailed("x"), .deleteRequested, .removed,
        .removalFailed("x"),
    ]

    struct Life: Sendable {
        let events: [Machine.Event]
        let actions: [Machine.Action]
        let state: Machine.State
    }

    /// Source: the states of a volume in the EVS reference ("EVS disk status"), and what each way through must do.
    @Test(arguments: [
        Life(events: [.created], actions: [], state: .available),
        Life(events: [.creationFailed("x")], actions: [], state: .error),
        Life(events: [.creationFailed("x"), .deleteRequested], actions: [.remove], state: .deleting),
        Life(events: [.attachRequested, .created], actions: [.mount], state: .attaching),
        Life(events: [.attachRequested, .created, .mounted], actions: [.mount], state: .inUse),
        Life(events: [.created, .attachRequested, .mounted], actions: [.mount], state: .inUse),
        Life(events: [.created, .attachRequested, .mountFailed("x")], actions: [.mount], state: .available),
        Life(
            events: [.created, .attachRequested, .mounted, .detachRequested], actions: [.mount, .unmount],
            state: .detaching),
        Life(
            events: [.created, .attachRequested, .mounted, .detachRequested, .unmounted], actions: [.mount, .unmount],
            state: .available),
        Life(
            events: [.created, .attachRequested, .mounted, .detachRequested, .unmountFailed("x")],
            actions: [.mount, .unmount], state: .inUse),
        Life(
            events: [.created, .attachRequested, .detachRequested, .mounted], actions: [.mount, .unmount],
            state: .detaching),
        Life(
            events: [.created, .attachRequested, .mounted, .detachRequested, .attachRequested, .unmounted],
            actions: [.mount, .unmount, .mount], state: .attaching),
        Life(
            events: [.created, .growRequested, .attachRequested, .grown], actions: [.grow, .mount], state: .attaching),
        Life(
            events: [.created, .attachRequested, .mounted, .growRequested, .detachRequested, .grown],
            actions: [.mount, .grow, .unmount], state: .detaching),
        Life(events: [.created, .growRequested], actions: [.grow], state: .extending),
        Life(events: [.created, .growRequested, .grown], actions: [.grow], state: .available),
        Life(events: [.created, .growRequested, .growthFailed("x")], actions: [.grow], state: .errorExtending),
        Life(
            events: [.created, .growRequested, .growthFailed("x"), .growRequested, .grown], actions: [.grow, .grow],
            state: .available),
        Life(
            events: [.attachRequested, .created, .mounted, .growRequested, .grown], actions: [.mount, .grow],
            state: .inUse),
        Life(
            events: [.attachRequested, .created, .mounted, .growRequested, .growthFailed("x"), .detachRequested],
            actions: [.mount, .grow, .unmount], state: .detaching),
        Life(events: [.created, .deleteRequested, .removed], actions: [.remove], state: .deleted),
        Life(events: [.created, .deleteRequested, .removalFailed("x")], actions: [.remove], state: .errorDeleting),
        Life(
            events: [.created, .deleteRequested, .removalFailed("x"), .deleteRequested], actions: [.remove, .remove],
            state: .deleting),
        Life(events: [.deleteRequested, .created], actions: [.remove], state: .deleting),
        Life(events: [.deleteRequested, .creationFailed("x")], actions: [.remove], state: .deleting),
        Life(
            events: [.created, .growRequested, .deleteRequested, .grown], actions: [.grow, .remove], state: .deleting),
        Life(
            events: [.attachRequested, .created, .mounted, .deleteRequested], actions: [.mount, .remove],
            state: .deleting),
    ])
    func life(_ life: Life) {
        var machine = Machine()
        #expect(life.events.flatMap { machine.handle($0) } == life.actions)
        #expect(machine.state == life.state)
    }

    @Test func deletionIsAskedForOnce() {
        var machine = Machine(state: .available)
        #expect(machine.handle(.deleteRequested) == [.remove])
        #expect(machine.handle(.deleteRequested) == [])
        _ = machine.handle(.removed)
        #expect(machine.handle(.deleteRequested) == [])
    }

    /// Whatever comes in whatever order, nothing leaves `deleted`, and what goes on has an act that ends it.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func everyStateThatPassesHasAnActThatEndsIt(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var machine = Machine()
        var isDeleted = false
        for _ in 0..<200 {
            let before = machine
            guard let event = Self.events.randomElement(using: &random) else { return }
            let actions = machine.handle(event)
            #expect(!isDeleted || machine == before, "seed \(seed): \(event)")
            isDeleted = machine.state == .deleted
            let passing: [Machine.State] = [.creating, .attaching, .detaching, .extending, .deleting]
            #expect(!passing.contains(machine.state) || !machine.resumption.isEmpty, "seed \(seed)")
            #expect(actions.isEmpty || machine.resumption.contains(actions[0]), "seed \(seed): \(event)")
            #expect(machine.state != .inUse || machine.isAttached, "seed \(seed): \(event)")
            #expect(!machine.isAttached || machine.hasOwner, "seed \(seed): \(event)")
        }
    }

    @Test func capacityHasBoundsAndOnlyGrows() throws {
        try VolumeCapacity.notebook.require(5, field: "size")
        try VolumeCapacity.notebook.require(4_096, field: "size")
        for size in [-1, 0, 4, 4_097, 5_000] as [Int64] {
            #expect(throws: Fault.self) { try VolumeCapacity.notebook.require(size, field: "size") }
        }
        try VolumeCapacity.dataDisk.requireGrowth(from: 10, to: 11, field: "new_size")
        for size in [9, 10, 32_769] as [Int64] {
            #expect(throws: Fault.self) {
                try VolumeCapacity.dataDisk.requireGrowth(from: 10, to: size, field: "new_size")
            }
        }
    }
}
