import Kernel
import Pricing
import TestKit
import Testing

@testable import Workloads

/// What a service lacks, whose turn it is, and what an instance lives through.
struct ServicePlanTests {
    private func config(_ model: String, _ count: Int64, weight: Int64 = 100) -> ServiceConfig {
        ServiceConfig(model: model, weight: weight, flavor: FlavorID("f"), instanceCount: count)
    }

    private func member(_ model: String, _ step: InstanceMachine.Step) -> ServicePlan.Member {
        ServicePlan.Member(run: config(model, 1).run, step: step)
    }

    @Test func whatIsLackingIsBegun() {
        let plan = ServicePlan(wanted: [config("a", 3)], members: [member("a", .ready)], keepsOthers: true)
        #expect(plan.starts == [0: 2] && plan.retires.isEmpty && !plan.isComplete)
    }

    @Test func whatEndsCountsNoMore() {
        let members = [member("a", .draining), member("a", .stopping), member("a", .ended)]
        #expect(ServicePlan(wanted: [config("a", 1)], members: members, keepsOthers: true).starts == [0: 1])
    }

    @Test func theYoungestGoesFirstAndWhatIsNotReadyBeforeIt() {
        let members = [member("a", .ready), member("a", .starting), member("a", .ready), member("a", .ready)]
        #expect(ServicePlan(wanted: [config("a", 2)], members: members, keepsOthers: true).retires == [1, 3])
    }

    @Test func theOldStaysUntilAllOfTheNewIsReady() {
        let old = [member("a", .ready), member("a", .ready)]
        let wanted = [config("b", 2)]
        let half = ServicePlan(
            wanted: wanted, members: old + [member("b", .ready), member("b", .starting)], keepsOthers: true)
        #expect(half.retires.isEmpty && !half.isComplete)
        let whole = ServicePlan(
            wanted: wanted, members: old + [member("b", .ready), member("b", .ready)], keepsOthers: true)
        #expect(whole.retires == [0, 1] && whole.isComplete && whole.starts.isEmpty)
    }

    @Test func aStoppedServiceKeepsNothing() {
        let members = [member("a", .queued), member("a", .ready), member("b", .ended)]
        #expect(ServicePlan(wanted: [], members: members, keepsOthers: false).retires == [0, 1])
    }

    @Test func aServiceOfNoInstancesIsWhole() {
        let plan = ServicePlan(wanted: [config("a", 0)], members: [member("a", .ready)], keepsOthers: true)
        #expect(plan.isComplete && plan.retires == [0])
    }

    /// Any hundred calls in a row, wherever they begin, are split by the weights exactly.
    @Test(arguments: 0..<20)
    func anyHundredTurnsAreSplitExactly(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var rest: Int64 = 100
        var weights: [Int64] = []
        while rest > 0, weights.count < 5 {
            let weight = Int64.random(in: 0...rest, using: &random)
            weights.append(weight)
            rest -= weight
        }
        weights.append(rest)
        var turns = WeightedTurns(weights)
        let calls = (0..<1_000).compactMap { _ in turns.next { _ in true } }
        for start in 0...(calls.count - 100) {
            let window = calls[start..<(start + 100)]
            for place in weights.indices { #expect(Int64(window.count { $0 == place }) == weights[place]) }
        }
    }

    @Test func whoIsAwayIsPassedOver() {
        var turns = WeightedTurns([90, 10, 0])
        #expect((0..<10).allSatisfy { _ in turns.next { $0 != 0 } == 1 })
        #expect(turns.next { $0 == 2 } == nil)
    }

    /// Every event in every step: nothing traps, an ended one stays ended, and nothing asks twice for a start.
    @Test func anInstanceIsTotal() {
        let end = JobEnd(cause: .exit, exitCode: 1, message: "no model")
        let events: [InstanceMachine.Event] = [
            .placed, .started, .ready, .sick("ill"), .retired, .dismissed, .drained, .ended(end), .lost("gone"),
        ]
        for step in InstanceMachine.Step.allCases {
            for event in events {
                var machine = InstanceMachine(step: step)
                let actions = machine.handle(event)
                if step == .ended { #expect(machine.step == .ended && actions.isEmpty) }
                #expect(!actions.contains(.submit) || step == .queued)
                #expect(machine.step != .ready || step == .ready || (step == .starting && event == .ready))
            }
        }
    }

    @Test func oneThatWasNotAskedToEndSaysWhy() {
        var machine = InstanceMachine(step: .starting)
        _ = machine.handle(.ended(JobEnd(cause: .exit, exitCode: 3, message: "two models")))
        #expect(machine.step == .ended && machine.reason == "it ended by itself with exit code 3: two models")
        var asked = InstanceMachine(step: .ready)
        #expect(asked.handle(.retired) == [.drain])
        #expect(asked.handle(.drained) == [.stop])
        _ = asked.handle(.ended(JobEnd(cause: .stopped, exitCode: 143, message: "")))
        #expect(asked.step == .ended && asked.reason.isEmpty)
    }
}
