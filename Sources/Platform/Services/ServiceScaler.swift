import Kernel
import Synchronization
import Workloads

/// Changes how many instances services have by themselves: by what they are asked, and by the clock.
///
/// What it measures it keeps in memory; a server that starts anew measures anew.
final class ServiceScaler: Sendable {
    private let ports: Ports
    private let routes: ServiceRoutes
    private let loads = Mutex<[Key: Load]>([:])

    private struct Key: Hashable {
        let service: ServiceID
        let model: ModelID
    }

    /// What was seen of a model.
    fileprivate struct Load {
        var samples: [Sample] = []
        /// Thousandths of a percent of one instance's cores, of all instances together.
        var cpu: Int64?
        /// When as many instances as there are were last needed.
        var neededAt: Instant?
        /// Until when the clock's rules were looked at.
        var clockUntil: Second?
    }

    fileprivate struct Sample {
        let at: Instant
        let open: Int64
        let begun: Int64
    }

    /// Milliseconds over which calls are averaged.
    private static let window: Int64 = 10_000

    init(_ ports: Ports, routes: ServiceRoutes) {
        self.ports = ports
        self.routes = routes
    }

    /// Notes what an instance uses of its cores, in thousandths of a percent; the first of a look begins it anew.
    func note(cpu: Int64, of instance: ServiceInstance, isFirst: Bool) {
        let key = Key(service: instance.service, model: ModelID(instance.run.model))
        loads.withLock { loads in
            let before = isFirst ? 0 : loads[key]?.cpu ?? 0
            loads[key, default: Load()].cpu = before + cpu
        }
    }

    /// Looks at a service; true where it shall have another number of instances from now on.
    func scale(_ service: Service) async throws -> Bool {
        guard service.wish == .running, service.served == service.definition.configs else { return false }
        var counts: [Int: Int64] = [:]
        for (place, config) in service.definition.configs.enumerated() {
            guard let policy = config.scaling else { continue }
            let count = wanted(config, policy, of: service)
            if count != config.instanceCount { counts[place] = count }
        }
        return counts.isEmpty ? false : try await apply(counts, to: service)
    }

    /// Starts an instance of each model of a service that sleeps; true where there is something to do.
    func rouse(_ id: ServiceID) async throws -> Bool {
        guard let service = try await ports.store.read({ try $0.service(id) }), service.wish == .running else {
            return false
        }
        let now = ports.hostClock.now()
        var counts: [Int: Int64] = [:]
        for (place, config) in service.definition.configs.enumerated() where config.scaling != nil {
            loads.withLock { $0[Key(service: id, model: ModelID(config.model)), default: Load()].neededAt = now }
            if config.instanceCount == 0 { counts[place] = 1 }
        }
        return counts.isEmpty ? false : try await apply(counts, to: service)
    }

    private func wanted(_ config: ServiceConfig, _ policy: ScalingPolicy, of service: Service) -> Int64 {
        let key = Key(service: service.id, model: ModelID(config.model))
        let present = config.instanceCount
        let (now, second) = (ports.hostClock.now(), ports.clock.now().second)
        let load = routes.route(service.id)?.load(of: key.model) ?? (open: 0, begun: 0)
        return loads.withLock { loads in
            var known = loads[key] ?? Load()
            defer { loads[key] = known }
            known.samples.append(Sample(at: now, open: load.open, begun: load.begun))
            known.samples.removeAll { now.milliseconds - $0.at.milliseconds > Self.window }
            let since = known.clockUntil ?? service.updatedAt.second
            known.clockUntil = second
            if let count = policy.count(after: since, through: second, in: ports.settings.zone) {
                known.neededAt = now
                return min(policy.most, max(policy.least, count))
            }
            guard let metric = policy.activeMetric, let value = known.value(of: metric) else {
                return policy.count(present: present, measure: nil)
            }
            if known.neededAt == nil || policy.needed(value, present: present) >= present { known.neededAt = now }
            let quiet = now.milliseconds - (known.neededAt ?? now).milliseconds
            return policy.count(
                present: present, measure: ScalingPolicy.Measure(thousandths: value, quietMilliseconds: quiet))
        }
    }

    private func apply(_ counts: [Int: Int64], to asked: Service) async throws -> Bool {
        let ports = self.ports
        return try await ports.store.write { transaction in
            guard var service = try transaction.service(asked.id), service.wish == .running,
                service.definition.configs == asked.definition.configs
            else { return false }
            for (place, wanted) in counts {
                let before = service.definition.configs[place].instanceCount
                // All models of a service together have so many at most.
                let count = min(wanted, before + Limits.serviceInstances - service.definition.instanceCount)
                guard count != before else { continue }
                service.definition.configs[place].instanceCount = count
                let title = try transaction.model(ModelID(service.definition.configs[place].model))?.title ?? "a model"
                let (now, text) = (ports.clock.now(), "\(title) is scaled from \(before) to \(count).")
                try transaction.append(ServiceEvent(service: service.id, at: now, text: text))
                try transaction.append(
                    ScalingEvent(
                        service: service.id, deployment: service.definition.configs[place].deployment, at: now,
                        before: before, wanted: wanted, after: count, text: text))
            }
            guard service.definition != asked.definition else { return false }
            service.served = service.definition.configs
            service.updatedAt = ports.clock.now()
            try transaction.update(service)
            return true
        }
    }
}

extension ServiceScaler.Load {
    /// What was measured of all instances together, in thousandths; nil where too little was seen.
    fileprivate func value(of metric: ScalingPolicy.Metric) -> Int64? {
        guard let first = samples.first, let last = samples.last, samples.count > 2 else { return nil }
        switch metric {
        case .concurrency: return samples.reduce(0) { $0 + $1.open } * 1_000 / Int64(samples.count)
        case .rate:
            let milliseconds = last.at.milliseconds - first.at.milliseconds
            return milliseconds > 0 ? (last.begun - first.begun) * 1_000_000 / milliseconds : nil
        case .cpu: return cpu
        }
    }
}
