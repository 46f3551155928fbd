import Kernel
public import Wire

extension ScalingPolicy {
    /// Reads `scaling_policy`, which is ours; nil where it is not there.
    init?(_ fields: JSONFields?) {
        guard let fields else { return nil }
        let most = fields.integer("max", in: 1...Limits.serviceInstances) ?? 1
        let least = fields.integer("min", in: 0...Limits.serviceInstances) ?? min(1, most)
        if least > most { fields.refuse("min", "It is more than max, \(most).") }
        var metric: Metric?
        if let text = fields.string("metric") {
            metric = Metric(rawValue: text)
            if metric == nil {
                let all = Metric.allCases.map(\.rawValue).joined(separator: ", ")
                fields.refuse("metric", "It is one of \(all), not \(text).")
            }
        }
        if metric != nil, fields.value("target") == nil {
            fields.refuse("target", "This field is needed beside a metric.", code: .missingParameter)
        }
        let clock = fields.objects("clock", limit: Limits.scalingClockRules).compactMap { rule -> ClockRule? in
            let instances = rule.requiredInteger("instance_count", in: 0...Limits.serviceInstances)
            let text = rule.requiredString("cron", characters: 9...200)
            guard let cron = CronRule(text) else {
                if !text.isEmpty { rule.refuse("cron", "Five fields such as 0 8 * * 1-5 were expected, not \(text).") }
                return nil
            }
            return ClockRule(
                cron: cron, instances: instances,
                name: rule.string("name", characters: 0...Limits.scalingRuleNameCharacters) ?? "",
                isDisabled: rule.bool("disable") ?? false)
        }
        let rule = fields.object("metric_rule")
        self.init(
            least: least, most: max(least, most), metric: metric,
            target: fields.integer("target", in: 1...1_000_000) ?? 1,
            cooldownSeconds: fields.integer("cooldown_seconds", in: 1...86_400) ?? 60,
            tolerance: fields.integer("tolerance", in: 0...90) ?? 10, clock: clock,
            metricName: rule?.string("name", characters: 0...Limits.scalingRuleNameCharacters) ?? "",
            isMetricDisabled: rule?.bool("disable") ?? false)
    }

    public var json: JSONValue {
        var object: JSONObject = [
            "min": JSONValue(least), "max": JSONValue(most), "cooldown_seconds": JSONValue(cooldownSeconds),
            "tolerance": JSONValue(tolerance),
            "clock": .array(clock.map(\.json)),
        ]
        if let metric {
            object["metric"] = .string(metric.rawValue)
            object["target"] = JSONValue(target)
        }
        if !metricName.isEmpty || isMetricDisabled {
            object["metric_rule"] = ["name": .string(metricName), "disable": .bool(isMetricDisabled)]
        }
        return .object(object)
    }
}

extension ScalingPolicy.ClockRule {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["cron": .string(cron.description), "instance_count": JSONValue(instances)]
        if !name.isEmpty { object["name"] = .string(name) }
        if isDisabled { object["disable"] = true }
        return .object(object)
    }
}
