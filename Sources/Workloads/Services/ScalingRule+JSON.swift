public import Kernel
public import Wire

extension ScalingPolicy {
    /// Reads `CreateHpaRequestBody` for a deployment; throws everything that is wrong with it.
    public init(hpa json: JSONValue, deployment: String) throws(Faults) {
        let fields = JSONFields(json)
        let type = Self.type(fields)
        Self.checkTarget(fields, deployment)
        if fields.value("hpa_rules") == nil {
            fields.refuse("hpa_rules", "This field is needed.", code: .missingParameter)
        }
        let rules = fields.objects("hpa_rules", limit: 2 * Limits.scalingClockRules).compactMap { rule in
            ScalingRule(rule, standard: type, present: nil)
        }
        try fields.check()
        try Self.check(rules)
        self.init(rules: rules)
    }

    /// The policy after `UpdateHpaRequestBody`, whose rules are added, changed or deleted one by one.
    public func changed(hpa json: JSONValue, deployment: String) throws(Faults) -> ScalingPolicy {
        let fields = JSONFields(json)
        Self.checkTarget(fields, deployment)
        if fields.value("hpa_rules") == nil {
            fields.refuse("hpa_rules", "This field is needed.", code: .missingParameter)
        }
        var rules = self.rules
        for asked in fields.objects("hpa_rules", limit: 2 * Limits.scalingClockRules) {
            let name = asked.string("id") ?? asked.string("name") ?? ""
            let place = rules.firstIndex { $0.name == name }
            let operate = asked.string("operate")
            switch (operate, place) {
            case ("DELETE", let place?): rules.remove(at: place)
            case ("UPDATE", let place?), (nil, let place?):
                if let rule = ScalingRule(asked, standard: nil, present: rules[place]) { rules[place] = rule }
            case ("ADD", nil), (nil, nil):
                if let rule = ScalingRule(asked, standard: nil, present: nil) { rules.append(rule) }
            case ("ADD", _):
                asked.refuse("name", "The policy has a rule \(name) already.", code: .duplicateName)
            case ("UPDATE", nil), ("DELETE", nil):
                asked.refuse("name", "The policy has no rule \(name).", code: .notFound)
            case (let other?, _):
                asked.refuse("operate", "ADD, UPDATE or DELETE was expected, not \(other).")
            }
        }
        try fields.check()
        try Self.check(rules)
        return ScalingPolicy(rules: rules)
    }

    private static func check(_ rules: [ScalingRule]) throws(Faults) {
        try Faults(breaches(of: rules).map { Fault(.invalidParameter, $0, field: "hpa_rules") }).check()
    }

    private static func type(_ fields: JSONFields) -> String? {
        let type = fields.string("type")
        if let type, !["CRON_HPA", "METRIC_HPA"].contains(type) {
            fields.refuse("type", "CRON_HPA or METRIC_HPA was expected, not \(type).")
            return nil
        }
        return type
    }

    private static func checkTarget(_ fields: JSONFields, _ deployment: String) {
        for key in ["target_resource_id", "id"] {
            if let target = fields.string(key), target != deployment {
                fields.refuse(key, "The path names the deployment \(deployment), not \(target).")
            }
        }
        if let kind = fields.string("target_resource_type"), kind != "GROUP" {
            fields.refuse("target_resource_type", "A deployment is a GROUP, not \(kind).")
        }
    }
}

extension ScalingRule {
    /// Reads one of `hpa_rules`; what it does not say is as `present` has it.
    fileprivate init?(_ fields: JSONFields, standard: String?, present: ScalingRule?) {
        let type = fields.string("type") ?? present?.kind.type ?? standard ?? "CRON_HPA"
        let kind: Kind?
        switch type {
        case "CRON_HPA": kind = Self.clock(fields, present?.kind)
        case "METRIC_HPA": kind = Self.metric(fields, present?.kind)
        default:
            fields.refuse("type", "CRON_HPA or METRIC_HPA was expected, not \(type).")
            return nil
        }
        let name = present?.name ?? fields.requiredSmallName("name", characters: 4...Limits.scalingRuleNameCharacters)
        let isDisabled = fields.bool("disable") ?? present?.isDisabled ?? false
        guard let kind else { return nil }
        self.init(name: name, isDisabled: isDisabled, kind: kind)
    }

    private static func clock(_ fields: JSONFields, _ present: Kind?) -> Kind? {
        var (cron, count): (CronRule?, Int64?)
        if case .clock(let known, let instances)? = present { (cron, count) = (known, instances) }
        if cron == nil || fields.value("schedule") != nil {
            let text = fields.requiredString("schedule", characters: 1...200)
            cron = CronRule(text)
            if cron == nil, !text.isEmpty {
                fields.refuse("schedule", "Five fields such as 0 8 * * 1-5 were expected, not \(text).")
            }
        }
        if let asked = replicas("target_replicas", fields, isNeeded: count == nil) { count = asked }
        guard let cron, let count else { return nil }
        return .clock(cron, instances: count)
    }

    private static func metric(_ fields: JSONFields, _ present: Kind?) -> Kind? {
        var known: Bounds?
        if case .metric(let bounds)? = present { known = bounds }
        let least = replicas("min_replicas", fields, isNeeded: known == nil) ?? known?.least
        let most = replicas("max_replicas", fields, isNeeded: known == nil) ?? known?.most
        var (metric, target) = (known?.metric ?? standardMetric.metric, known?.target ?? standardMetric.target)
        if let text = fields.string("metric") {
            if let named = ScalingPolicy.Metric(rawValue: text) {
                metric = named
                target = fields.requiredInteger("target", in: 1...1_000_000)
            } else {
                let all = ScalingPolicy.Metric.allCases.map(\.rawValue).joined(separator: ", ")
                fields.refuse("metric", "It is one of \(all), not \(text).")
            }
        } else if let asked = fields.integer("target", in: 1...1_000_000) {
            target = asked
        }
        let cooldown = replicas("downscale_window", fields, isNeeded: false, most: 86_400)
        guard let least, let most else { return nil }
        if least > most { fields.refuse("min_replicas", "It is more than max_replicas, \(most).") }
        return .metric(
            Bounds(
                least: min(least, most), most: most,
                cooldownSeconds: cooldown ?? known?.cooldownSeconds ?? standardCooldownSeconds, metric: metric,
                target: target))
    }

    /// A whole number from 1; ModelArts takes one with decimals, too, and rounds it down.
    private static func replicas(
        _ key: String, _ fields: JSONFields, isNeeded: Bool, most: Int64 = Limits.serviceInstances
    ) -> Int64? {
        guard let value = fields.value(key) else {
            if isNeeded { fields.refuse(key, "This field is needed.", code: .missingParameter) }
            return nil
        }
        guard case .number(let text) = value, let number = Int64(text.prefix { $0 != "." }), !text.contains("e"),
            (1...most).contains(number)
        else {
            fields.refuse(key, "A number from 1 to \(most) was expected.")
            return nil
        }
        return number
    }
}
