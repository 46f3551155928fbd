import Kernel
import Platform
import Wire
import Workloads

extension TrainingJob {
    /// The job as ModelArts shows it; times are milliseconds.
    ///
    /// - Parameters:
    ///   - now: until when a job that runs has run.
    ///   - engine: the engine that the job's reference names, where it is still there.
    ///   - ahead: how many jobs wait in front of it, where it waits.
    func json(at now: Instant, engine: Engine?, waitingBehind ahead: Int? = nil) -> JSONValue {
        .fields(
            ("kind", .text("job")), ("metadata", metadata), ("status", status(at: now, waitingBehind: ahead)),
            ("algorithm", algorithm(engine)), ("spec", spec), ("endpoints", .fields()))
    }

    private var metadata: JSONValue {
        .fields(
            ("id", .string(id.text)), ("name", .string(definition.name)),
            ("workspace_id", .string(definition.workspace)), ("description", .string(definition.description)),
            ("create_time", .milliseconds(createdAt)), ("user_name", .string(userName)),
            ("annotations", .texts(definition.annotations)))
    }

    /// Only running counts: a job that waits or is being prepared has a duration of 0.
    private func status(at now: Instant, waitingBehind ahead: Int?) -> JSONValue {
        let task = JSONValue.string(ReadTrainingLog.taskID)
        let duration = startedAt.map { max(0, (endedAt ?? now).milliseconds - $0.milliseconds) } ?? 0
        let record = startedAt.map { started in
            JSONValue.fields(
                ("start_at", .milliseconds(started)), ("end_at", endedAt.map { .milliseconds($0) }),
                ("start_type", .text("init_or_rescheduled")))
        }
        return .fields(
            ("phase", .string(machine.phase.rawValue)), ("secondary_phase", .string(machine.secondaryPhase)),
            ("duration", .whole(duration)),
            (
                "node_count_metrics",
                .array(startedAt.map { [.array([.milliseconds($0), .whole(definition.resource.nodeCount)])] } ?? [])
            ),
            ("tasks", .array([task])), ("start_time", startedAt.map { .milliseconds($0) }),
            (
                "task_statuses",
                .array([
                    .fields(
                        ("task", task), ("exit_code", exitCode.map { .whole($0) }),
                        ("message", .text(message(waitingBehind: ahead))))
                ])
            ),
            ("running_records", .array(record.map { [$0] } ?? [])))
    }

    /// What a person should know of the job as it stands.
    private func message(waitingBehind ahead: Int?) -> String {
        if let outcome = machine.outcome { return outcome.message }
        let pool = definition.resource.pool.map { "the pool \($0)" } ?? "the public pool"
        return ahead.map { "waits for room on \(pool), behind \($0) jobs" } ?? ""
    }

    /// What was asked for, with the engine's full name, and environments as the list that the answer has.
    private func algorithm(_ engine: Engine?) -> JSONValue {
        var object = definition.json["algorithm"]?.object ?? JSONObject()
        if let engine {
            object["engine"] = .fields(
                ("engine_id", .string(engine.id)), ("engine_name", .string(engine.name)),
                ("engine_version", .string(engine.version)))
        }
        object["environments"] = .array(
            definition.algorithm.environments.map { .object(JSONObject([(name: $0.name, value: .string($0.value))])) })
        return .object(object)
    }

    private var spec: JSONValue {
        let flavor = JSONValue.string(definition.resource.flavor.text)
        return .fields(
            (
                "resource",
                .fields(
                    ("policy", .text("regular")), ("flavor_id", flavor), ("flavor_name", flavor),
                    ("node_count", .whole(definition.resource.nodeCount)),
                    ("pool_id", definition.resource.pool.map { .text($0) }))
            ),
            ("log_export_path", definition.logPath.map { .fields(("obs_url", .string($0))) }),
            (
                "auto_stop",
                definition.autoStopHours.map {
                    .fields(("time_unit", .text("HOURS")), ("duration", .whole($0)))
                }
            ))
    }
}

extension TrainingJobEvent {
    /// An event of `ListTrainingJobEvents`; its time is text there.
    var json: JSONValue {
        .fields(
            ("time", .time(at)), ("level", .text(level.rawValue)), ("source", .text("atelier")),
            ("message", .string(text)))
    }
}

extension JSONValue {
    fileprivate static func texts(_ texts: [NamedText]) -> JSONValue {
        .object(JSONObject(texts.map { (name: $0.name, value: .string($0.value)) }))
    }
}
