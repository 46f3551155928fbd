public import Kernel

/// How many instances a model of a service has by itself: between two bounds, by what it is asked and by the clock.
public struct ScalingPolicy: Hashable, Sendable {
    /// Zero lets it go to sleep: the first call then waits for the start.
    public let least: Int64
    public let most: Int64
    public let metric: Metric?
    /// What of the metric one instance shall have: calls at a time, calls a second, percent of its cores.
    public let target: Int64
    /// Seconds for which it was asked for less before there are fewer.
    public let cooldownSeconds: Int64
    /// Percent that the metric may be off its target before anything changes.
    public let tolerance: Int64
    public let clock: [ClockRule]
    /// What the metric's rule is called; empty where nobody named it.
    public let metricName: String
    /// Whether its user switched the metric's rule off.
    public let isMetricDisabled: Bool

    /// What is measured.
    public enum Metric: String, Hashable, Sendable, CaseIterable {
        case concurrency
        case rate = "requests_per_second"
        case cpu
    }

    /// So many instances from a time on.
    public struct ClockRule: Hashable, Sendable {
        public let cron: CronRule
        public let instances: Int64
        /// What it is called; empty where nobody named it.
        public let name: String
        /// Whether its user switched it off.
        public let isDisabled: Bool

        public init(cron: CronRule, instances: Int64, name: String = "", isDisabled: Bool = false) {
            self.cron = cron
            self.instances = instances
            self.name = name
            self.isDisabled = isDisabled
        }
    }

    public init(
        least: Int64, most: Int64, metric: Metric? = nil, target: Int64 = 1, cooldownSeconds: Int64 = 60,
        tolerance: Int64 = 10, clock: [ClockRule] = [], metricName: String = "", isMetricDisabled: Bool = false
    ) {
        self.least = least
        self.most = most
        self.metric = metric
        self.target = target
        self.cooldownSeconds = cooldownSeconds
        self.tolerance = tolerance
        self.clock = clock
        self.metricName = metricName
        self.isMetricDisabled = isMetricDisabled
    }

    /// What is looked at; nil where only the clock decides.
    public var activeMetric: Metric? { isMetricDisabled ? nil : metric }

    /// What was measured of all instances together, in thousandths of the metric's unit.
    public struct Measure: Hashable, Sendable {
        public let thousandths: Int64
        /// Milliseconds since so many instances were last needed.
        public let quietMilliseconds: Int64

        public init(thousandths: Int64, quietMilliseconds: Int64) {
            self.thousandths = thousandths
            self.quietMilliseconds = quietMilliseconds
        }
    }

    /// The instances that what is measured needs: rounded up, unless that is near enough to what there is.
    ///
    /// Source: ModelArts, "Auto scaling": current metric ÷ wanted metric × instances, rounded up.
    public func needed(_ thousandths: Int64, present: Int64) -> Int64 {
        let unit = target * 1_000
        let wanted = (thousandths + unit - 1) / unit
        let off = thousandths - unit * present
        let isNear = abs(off) * 100 <= unit * present * tolerance
        return min(most, max(least, isNear ? present : wanted))
    }

    /// The instances that it should have now.
    public func count(present: Int64, measure: Measure?) -> Int64 {
        // What was stopped by hand stays so, unless it may sleep or the clock says otherwise.
        guard present > 0 else { return 0 }
        let bounded = min(most, max(least, present))
        guard activeMetric != nil, let measure else { return bounded }
        let needed = needed(measure.thousandths, present: present)
        if needed >= present { return needed }
        return measure.quietMilliseconds >= cooldownSeconds * 1_000 ? needed : bounded
    }

    /// What the clock says between two moments, the later rule's count; nil where no rule's time came.
    public func count(after start: Second, through end: Second, in zone: BillingZone) -> Int64? {
        guard !clock.isEmpty, start < end else { return nil }
        // What was missed for longer is over.
        var minute = max(start.value, end.value - 86_400) / 60 * 60 + 60
        var count: Int64?
        while minute <= end.value {
            let time = zone.civil(Second(minute))
            for rule in clock where !rule.isDisabled && rule.cron.contains(time) { count = rule.instances }
            minute += 60
        }
        return count
    }
}
