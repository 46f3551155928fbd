import Kernel
import Pricing
import Testing
import Wire

@testable import Workloads

/// Versions of deployments, what becomes of one that is broken off, and rules of scaling as the second API has them.
struct DeploymentVersionTests {
    @Test(arguments: [
        (1, "1.0.0"), (2, "1.0.1"), (100, "1.0.99"), (101, "1.1.0"), (10_000, "1.99.99"), (10_001, "2.0.0"),
    ])
    func aNumberIsWrittenAsModelArtsWritesIt(number: Int64, text: String) {
        #expect(DeploymentVersion(number).description == text)
        #expect(DeploymentVersion(text) == DeploymentVersion(number))
    }

    @Test(arguments: ["", "1", "1.0", "0.0.1", "1.0.100", "1.00.0", "1.0.0.0", "a.0.0", "-1.0.0", "999999999999.0.0"])
    func anyOtherTextIsNoVersion(text: String) {
        #expect(DeploymentVersion(text) == nil)
    }

    // MARK: Numbering

    private func config(
        _ name: String = "blue", model: String = "m", weight: Int64 = 100, count: Int64 = 1, version: Int64 = 1
    ) -> ServiceConfig {
        ServiceConfig(
            model: model, weight: weight, flavor: FlavorID("small"), instanceCount: count, name: name,
            version: DeploymentVersion(version))
    }

    @Test func countsAndSharesMakeNoVersion() {
        let present = [config(version: 3)]
        let numbered = ServiceConfig.numbered(
            [config(weight: 40, count: 7)], present: present, recorded: { _ in present })
        #expect(numbered.new.isEmpty && numbered.configs == [config(weight: 40, count: 7, version: 3)])
    }

    @Test func whatRunsSomethingElseIsTheNextVersion() {
        let recorded = [config(model: "c", version: 5), config(model: "m", version: 3)]
        let numbered = ServiceConfig.numbered(
            [config(model: "n", version: 3), config("green", model: "g")], present: [recorded[1]],
            recorded: { $0 == "blue" ? recorded : [] })
        #expect(numbered.configs == [config(model: "n", version: 6), config("green", model: "g", version: 1)])
        #expect(numbered.new == numbered.configs)
    }

    @Test func whatAVersionRanIsThatVersionAgain() {
        let recorded = [config(model: "n", version: 2), config(model: "m", version: 1)]
        let back = recorded[0].switched(to: recorded[1])
        let numbered = ServiceConfig.numbered([back], present: [recorded[0]], recorded: { _ in recorded })
        #expect(numbered.new.isEmpty && numbered.configs == [recorded[1]])
        // A number that somebody made up is none.
        let madeUp = ServiceConfig.numbered(
            [config(model: "x", version: 1)], present: [recorded[0]], recorded: { _ in recorded })
        #expect(madeUp.configs.first?.version == DeploymentVersion(3))
    }

    @Test func aVersionIsStoredWithItsConfig() throws {
        let config = config(version: 102)
        #expect(try ServiceConfig.stored(config.json) == config)
        #expect(try ServiceConfig.stored(self.config().json).version == .first)
    }

    // MARK: Broken off

    private func interruption(
        _ deployment: ServiceConfig, _ configs: [ServiceConfig], served: [ServiceConfig], ready: Set<String>
    ) -> Interruption? {
        Interruption.of(deployment, configs: configs, served: served) { ready.contains($0.model) ? 1 : 0 }
    }

    @Test func anUpdateGoesBackToWhatAnswers() {
        let (old, new) = (config(model: "old", weight: 100), config(model: "new", weight: 50, version: 2))
        let other = config("green", model: "g", weight: 50)
        #expect(
            interruption(new, [new, other], served: [old], ready: ["old"])
                == .goesOn([config(model: "old", weight: 50), other]))
    }

    @Test func whatNeverAnsweredStops() {
        let (new, other) = (config("green", model: "new", weight: 0), config(model: "old"))
        #expect(interruption(new, [new], served: [], ready: []) == .stops)
        #expect(
            interruption(new, [other, new], served: [other], ready: ["old"])
                == .goesOn([other, config("green", model: "new", weight: 0, count: 0)]))
        // Neither does what answered before it was stopped and started.
        #expect(interruption(other, [other], served: [other], ready: []) == .stops)
    }

    @Test func whatIsThereIsNotOnItsWay() {
        let present = config(model: "old")
        #expect(interruption(present, [present], served: [present], ready: ["old"]) == nil)
        let asleep = config(model: "old", count: 0)
        #expect(interruption(asleep, [asleep], served: [asleep], ready: []) == nil)
    }

    // MARK: Instances

    @Test func oneThatIsDismissedIsNotWaitedFor() {
        let steps: [(InstanceMachine.Step, InstanceMachine.Step, [InstanceMachine.Action])] = [
            (.queued, .ended, [.finish]), (.submitting, .stopping, [.stop]), (.starting, .stopping, [.stop]),
            (.ready, .stopping, [.stop]), (.draining, .stopping, [.stop]), (.stopping, .stopping, []),
            (.ended, .ended, []),
        ]
        for (before, after, actions) in steps {
            var machine = InstanceMachine(step: before)
            #expect(machine.handle(.dismissed) == actions)
            #expect(machine.step == after && machine.reason.isEmpty && !machine.isProblem)
        }
    }
}
