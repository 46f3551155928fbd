import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// What services are asked and what that takes: in the shape of ModelArts, and minute by minute.
struct ServiceMonitorController: Sendable {
    private let projects: KnownProjects
    private let list: ListServices

    init(_ ports: Ports, routes: ServiceRoutes, projects: KnownProjects) {
        self.projects = projects
        list = ListServices(ports, routes: routes)
    }

    var routes: [Route] {
        [
            .known(
                .get, ServiceController.services + "/{service_id}/monitor", "Shows what a service is asked.", monitor),
            .known(
                .get, "/atelier/v1/projects/{project_id}/services/{service_id}/minutes",
                "Lists what a service was asked, minute by minute.", minutes),
        ]
    }

    @Sendable private func monitor(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let id = ServiceID(try call.path("service_id"))
        let state = try await list(id, in: project, caller: caller)
        let models = try await list.models(of: [state])
        // An hour, so that percentiles say something of the present.
        let minutes = try await list.minutes(of: id, last: 3_600, in: project, caller: caller)
        let sums = Dictionary(grouping: minutes, by: \.model).mapValues { minutes in
            minutes.reduce(into: CallMinute()) { $0.add($1.counts) }
        }
        let monitors = state.service.definition.configs.map { config in
            MonitorView(
                config: config, model: models[ModelID(config.model)], sum: sums[ModelID(config.model)] ?? CallMinute(),
                instances: state.instances.filter { $0.run == config.run && $0.machine.step == .ready }
            ).json
        }
        return Answer.json(
            .fields(
                ("service_id", .text(id)), ("service_name", .text(state.service.definition.name)),
                ("monitors", .array(monitors))))
    }

    @Sendable private func minutes(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let seconds = try call.query().number("last", in: 60...Limits.callMinuteSeconds) ?? 3_600
        let minutes = try await list.minutes(
            of: ServiceID(try call.path("service_id")), last: seconds, in: project, caller: caller)
        return Answer.list(minutes.map(\.json))
    }
}

/// One model of a service as ModelArts' monitor shows it; latencies, in milliseconds, and tokens are ours.
private struct MonitorView {
    let config: ServiceConfig
    let model: Model?
    let sum: CallMinute
    let instances: [ServiceInstance]

    var json: JSONValue {
        let cores = instances.reduce(0) { $0 + $1.demand.cpuMillicores }
        let memory = instances.reduce(0) { $0 + $1.demand.memoryBytes }
        return .fields(
            ("model_id", .text(config.model)), ("model_name", model.map { .text($0.definition.name) }),
            ("model_version", model.map { .text($0.definition.version) }), ("invocation_times", .whole(sum.calls)),
            ("failed_times", .whole(sum.failures)), ("cpu_core_total", .thousandths(cores)),
            ("cpu_core_usage", .thousandths(sum.cpuMillicores ?? 0)), ("cpu_memory_total", .whole(memory >> 20)),
            ("cpu_memory_usage", .whole((sum.memoryBytes ?? 0) >> 20)), ("latency", sum.latencies.json),
            ("prompt_tokens", .whole(sum.tokens.prompt)), ("completion_tokens", .whole(sum.tokens.completion)))
    }
}

extension ServiceMinute {
    fileprivate var json: JSONValue {
        .fields(
            ("minute", .text(minute)), ("model_id", .text(model)), ("calls", .whole(counts.calls)),
            ("failures", .whole(counts.failures)), ("successes", .whole(counts.successes)),
            ("prompt_tokens", .whole(counts.tokens.prompt)), ("completion_tokens", .whole(counts.tokens.completion)),
            ("latency", counts.latencies.json), ("cpu_cores", counts.cpuMillicores.map { .thousandths($0) }),
            ("memory_bytes", counts.memoryBytes.map { .whole($0) }))
    }
}

extension LatencyHistogram {
    /// Percentiles in milliseconds; empty where there were no calls.
    fileprivate var json: JSONValue {
        let shares: [(name: String, thousandths: Int64)] = [("p50", 500), ("p90", 900), ("p99", 990), ("max", 1_000)]
        return .object(
            JSONObject(
                shares.compactMap { name, thousandths in
                    percentile(thousandths: thousandths).map { (name: name, value: .thousandths($0)) }
                }))
    }
}

extension JSONValue {
    /// A number of thousandths, with as many decimals as it has.
    static func thousandths(_ number: Int64) -> JSONValue {
        let rest = String(number % 1_000 + 1_000).dropFirst()
        let kept = rest.reversed().drop { $0 == "0" }.reversed()
        return .number(String(number / 1_000) + (kept.isEmpty ? "" : "." + String(kept)))
    }
}
