import Kernel
import Platform
import Wire

/// What the server tells a shim: an attempt's spec and where the installation keeps what both use.
struct SpecFile: Sendable {
    let spec: AttemptSpec
    /// The socket that hints are sent to.
    let hints: String
    /// The file that simulated time stands in; nil for the machine's own time.
    let clock: String?
    /// Whether limits are kept without cgroups although they could be used.
    let avoidsCgroups: Bool

    var json: JSONValue {
        let limits = spec.limits
        return [
            "attempt": .string(spec.attempt.text), "rank": JSONValue(spec.rank),
            "command": .array(spec.command.map { .string($0) }),
            "environment": .object(
                JSONObject(spec.environment.sorted { $0.key < $1.key }.map { (name: $0.key, value: .string($0.value)) })
            ),
            "working_directory": .string(spec.workingDirectory),
            "mounts": .array(
                spec.mounts.map {
                    [
                        "host": .string($0.hostPath), "sandbox": .string($0.sandboxPath),
                        "is_writable": .bool($0.isWritable),
                    ]
                }),
            "cpu_millicores": JSONValue(limits.cpuMillicores), "memory_bytes": JSONValue(limits.memoryBytes),
            "processes": JSONValue(limits.processes), "log_bytes": JSONValue(limits.logBytes),
            "outlives_memory_kills": .bool(limits.outlivesMemoryKills),
            "accelerators": .array(spec.accelerators.map { JSONValue($0) }),
            "grace_seconds": JSONValue(spec.graceSeconds), "time_limit_seconds": JSONValue(spec.timeLimitSeconds),
            "lease_until": JSONValue(spec.leaseUntil?.milliseconds), "shares_network": .bool(spec.sharesNetwork),
            "hints": .string(hints), "clock": JSONValue(clock), "avoids_cgroups": .bool(avoidsCgroups),
        ]
    }

    init(spec: AttemptSpec, hints: String, clock: String?, avoidsCgroups: Bool) {
        self.spec = spec
        self.hints = hints
        self.clock = clock
        self.avoidsCgroups = avoidsCgroups
    }

    /// Reads the file; throws everything that is wrong with it.
    init(json: JSONValue) throws(Faults) {
        let fields = JSONFields(json)
        let mounts = fields.objects("mounts", limit: Limits.mounts).map {
            AttemptSpec.Mount(
                hostPath: $0.requiredString("host"), sandboxPath: $0.requiredString("sandbox"),
                isWritable: $0.bool("is_writable") ?? false)
        }
        let limits = AttemptLimits(
            cpuMillicores: fields.requiredInteger("cpu_millicores", in: 1...Int64.max),
            memoryBytes: fields.requiredInteger("memory_bytes", in: 1...Int64.max),
            processes: fields.requiredInteger("processes", in: 1...Int64.max),
            logBytes: fields.requiredInteger("log_bytes", in: 2...Int64.max),
            outlivesMemoryKills: fields.bool("outlives_memory_kills") ?? false)
        spec = AttemptSpec(
            attempt: AttemptID(fields.requiredString("attempt")), rank: Int(fields.integer("rank") ?? 0),
            command: fields.strings("command", limit: Int(Limits.commandBytes)),
            environment: Dictionary(
                fields.stringMap("environment", limit: Limits.jobEnvironments * 2).map { ($0.key, $0.value) },
                uniquingKeysWith: { _, last in last }),
            workingDirectory: fields.requiredString("working_directory"), mounts: mounts, limits: limits,
            accelerators: (fields.value("accelerators")?.array ?? []).compactMap { $0.integer.map(Int.init) },
            graceSeconds: fields.requiredInteger("grace_seconds", in: 0...Int64.max),
            timeLimitSeconds: fields.integer("time_limit_seconds"),
            leaseUntil: fields.integer("lease_until").map { Instant(milliseconds: $0) },
            sharesNetwork: fields.bool("shares_network") ?? false)
        hints = fields.requiredString("hints")
        clock = fields.string("clock")
        avoidsCgroups = fields.bool("avoids_cgroups") ?? false
        if spec.command.isEmpty { fields.refuse("command", "A program is needed.") }
        try fields.check()
    }
}
