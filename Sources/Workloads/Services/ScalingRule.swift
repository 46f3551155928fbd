import Kernel

/// One rule of a scaling policy as ModelArts' second API has them: by the clock, or by a metric.
public struct ScalingRule: Hashable, Sendable {
    public let name: String
    public let isDisabled: Bool
    public let kind: Kind

    public enum Kind: Hashable, Sendable {
        case clock(CronRule, instances: Int64)
        case metric(Bounds)

        /// As ModelArts calls it.
        public var type: String {
            switch self {
            case .clock: "CRON_HPA"
            case .metric: "METRIC_HPA"
            }
        }
    }

    /// What a metric's rule says.
    public struct Bounds: Hashable, Sendable {
        public let least: Int64
        public let most: Int64
        public let cooldownSeconds: Int64
        public let metric: ScalingPolicy.Metric
        public let target: Int64
    }

    /// What is measured where a rule names no metric, as none of ModelArts' does.
    ///
    /// Source: Kubernetes, `autoscaling/v2`, HorizontalPodAutoscalerSpec: without metrics, 80 % of the processor on
    /// average.
    static let standardMetric = (metric: ScalingPolicy.Metric.cpu, target: Int64(80))
    static let standardCooldownSeconds: Int64 = 60
}

extension ScalingPolicy {
    /// The rules that it consists of, the metric's first.
    public var rules: [ScalingRule] {
        var rules: [ScalingRule] = []
        if let metric {
            let bounds = ScalingRule.Bounds(
                least: least, most: most, cooldownSeconds: cooldownSeconds, metric: metric, target: target)
            rules.append(
                ScalingRule(
                    name: metricName.isEmpty ? "metric" : metricName, isDisabled: isMetricDisabled,
                    kind: .metric(bounds)))
        }
        return rules
            + clock.enumerated().map { index, rule in
                ScalingRule(
                    name: rule.name.isEmpty ? "clock-\(index + 1)" : rule.name, isDisabled: rule.isDisabled,
                    kind: .clock(rule.cron, instances: rule.instances))
            }
    }

    /// The policy of rules, of which one at most is a metric's; without one the clock has its way.
    public init(rules: [ScalingRule]) {
        var bounds: ScalingRule.Bounds?
        var metric: ScalingRule?
        var clock: [ClockRule] = []
        for rule in rules {
            switch rule.kind {
            case .metric(let own): (bounds, metric) = (own, rule)
            case .clock(let cron, let instances):
                clock.append(
                    ClockRule(cron: cron, instances: instances, name: rule.name, isDisabled: rule.isDisabled))
            }
        }
        self.init(
            least: bounds?.least ?? 1, most: bounds?.most ?? Limits.serviceInstances, metric: bounds?.metric,
            target: bounds?.target ?? 1,
            cooldownSeconds: bounds?.cooldownSeconds ?? ScalingRule.standardCooldownSeconds, clock: clock,
            metricName: metric?.name ?? "", isMetricDisabled: metric?.isDisabled ?? false)
    }

    /// What keeps rules from being one policy.
    static func breaches(of rules: [ScalingRule]) -> [String] {
        guard !rules.isEmpty else { return ["A policy has at least one rule; delete the policy instead."] }
        var breaches: [String] = []
        if Set(rules.map(\.name)).count < rules.count { breaches.append("Two rules have the same name.") }
        let metrics = rules.compactMap { rule in
            if case .metric(let bounds) = rule.kind { bounds } else { nil }
        }
        if metrics.count > 1 { breaches.append("One rule at most is of the type METRIC_HPA.") }
        if rules.count - metrics.count > Limits.scalingClockRules {
            breaches.append("There are at most \(Limits.scalingClockRules) rules of the type CRON_HPA.")
        }
        guard let bounds = metrics.first else { return breaches }
        for rule in rules {
            guard case .clock(_, let instances) = rule.kind, !(bounds.least...bounds.most).contains(instances) else {
                continue
            }
            breaches.append(
                "The rule \(rule.name) wants \(instances), and METRIC_HPA allows \(bounds.least) to \(bounds.most).")
        }
        return breaches
    }
}
