import Kernel
import Pricing
import Testing
import Wire

@testable import Workloads

/// Rules of scaling as ModelArts' second API has them, and the policy that they are.
struct ScalingRuleTests {
    private let clock: JSONValue = [
        "name": "morning", "type": "CRON_HPA", "schedule": "0 8 * * 1-5", "target_replicas": 3,
    ]
    private let metric: JSONValue = [
        "name": "busy", "type": "METRIC_HPA", "min_replicas": 1, "max_replicas": 4, "downscale_window": 90,
    ]

    private func policy(_ rules: JSONValue...) throws -> ScalingPolicy {
        try ScalingPolicy(hpa: ["type": "CRON_HPA", "hpa_rules": .array(rules)], deployment: "blue")
    }

    @Test func rulesAreOnePolicyAndBackAgain() throws {
        let policy = try policy(clock, metric)
        #expect(policy.least == 1 && policy.most == 4 && policy.cooldownSeconds == 90)
        #expect(policy.metric == .cpu && policy.target == 80)
        #expect(policy.clock.map(\.instances) == [3] && policy.rules.map(\.name) == ["busy", "morning"])
        #expect(ScalingPolicy(rules: policy.rules) == policy)
        let config = ServiceConfig(
            model: "m", weight: 100, flavor: FlavorID("small"), instanceCount: 1, scaling: policy)
        #expect(try ServiceConfig.stored(config.json) == config)
    }

    @Test func aRuleThatIsDisabledIsKeptAndPassedOver() throws {
        let all = try policy(clock, metric)
        let rules: JSONValue = [
            "hpa_rules": [["id": "morning", "disable": true], ["name": "busy", "operate": "UPDATE", "disable": true]]
        ]
        let quiet = try all.changed(hpa: rules, deployment: "blue")
        #expect(quiet.rules.map(\.isDisabled) == [true, true] && quiet.rules.map(\.kind) == all.rules.map(\.kind))
        #expect(quiet.activeMetric == nil && quiet.metric == .cpu)
        let day: Int64 = 1_767_571_200  // 2026-01-05, a Monday, 00:00 UTC
        let span = (Second(day - 86_400), Second(day + 60))
        #expect(all.count(after: span.0, through: span.1, in: .beijing) == 3)
        #expect(quiet.count(after: span.0, through: span.1, in: .beijing) == nil)
    }

    @Test func rulesAreAddedChangedAndDeleted() throws {
        let rules: JSONValue = [
            "hpa_rules": [
                ["operate": "DELETE", "name": "busy"], ["operate": "UPDATE", "name": "morning", "target_replicas": 5],
                ["operate": "ADD", "name": "night", "schedule": "0 20 * * *", "target_replicas": .number("1.9")],
            ]
        ]
        let changed = try policy(clock, metric).changed(hpa: rules, deployment: "blue")
        #expect(changed.rules.map(\.name) == ["morning", "night"] && changed.clock.map(\.instances) == [5, 1])
        #expect(changed.metric == nil && changed.least == 1 && changed.most == Limits.serviceInstances)
    }

    @Test func whatWasStoppedByHandStaysStopped() throws {
        let measure = ScalingPolicy.Measure(thousandths: 500_000, quietMilliseconds: 0)
        #expect(try policy(metric).count(present: 0, measure: measure) == 0)
        #expect(try policy(metric).count(present: 1, measure: measure) == 4)
    }

    @Test(
        arguments: [
            ([], "at least one rule"),
            ([["name": "morning", "schedule": "8 o'clock", "target_replicas": 1]], "Five fields"),
            ([["name": "morning", "schedule": "0 8 * * *"]], "hpa_rules[0].target_replicas"),
            ([["name": "morning", "schedule": "0 8 * * *", "target_replicas": 0]], "from 1 to 128"),
            ([["name": "Morning!", "schedule": "0 8 * * *", "target_replicas": 1]], "Lower-case letters"),
            ([["name": "busy", "type": "METRIC_HPA", "min_replicas": 3, "max_replicas": 2]], "more than max_replicas"),
            ([["name": "busy", "type": "METRIC_HPA", "max_replicas": 2]], "hpa_rules[0].min_replicas"),
            ([["name": "busy", "type": "OTHER_HPA"]], "CRON_HPA or METRIC_HPA"),
            (
                [
                    ["name": "busy", "type": "METRIC_HPA", "min_replicas": 1, "max_replicas": 2],
                    ["name": "morning", "schedule": "0 8 * * *", "target_replicas": 3],
                ], "wants 3"
            ),
            (
                [
                    ["name": "same", "schedule": "0 8 * * *", "target_replicas": 3],
                    ["name": "same", "schedule": "0 9 * * *", "target_replicas": 3],
                ], "same name"
            ),
        ] as [(JSONValue, String)])
    func badRulesAreRefused(rules: JSONValue, words: String) {
        let faults = #expect(throws: Faults.self) {
            try ScalingPolicy(hpa: ["type": "CRON_HPA", "hpa_rules": rules], deployment: "blue")
        }
        #expect(faults?.description.contains(words) == true, "\(String(describing: faults))")
    }

    @Test func badChangesAreRefusedTogether() throws {
        let policy = try policy(clock)
        let faults = #expect(throws: Faults.self) {
            try policy.changed(
                hpa: [
                    "id": "green",
                    "hpa_rules": [
                        ["operate": "ADD", "name": "morning"], ["operate": "DELETE", "name": "night"],
                        ["operate": "TURN", "name": "morning"],
                    ],
                ], deployment: "blue")
        }
        #expect(faults?.all.map(\.field) == ["id", "hpa_rules[0].name", "hpa_rules[1].name", "hpa_rules[2].operate"])
    }
}
