public import Identity
public import Kernel
public import Workloads

/// Changes, starts, stops or deletes a service; the supervisor does the rest.
public struct ChangeService: Sendable {
    private let ports: Ports
    private let supervisor: ServiceSupervisor

    public init(_ ports: Ports, supervisor: ServiceSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// Takes a change. New configs are brought up beside the old ones, which go on answering until all is ready.
    ///
    /// - Parameters:
    ///   - taken: models that are taken up with it.
    ///   - naming: how a request names what is wrong with a config.
    ///   - waitsForModels: whether models may still be on their way; their instances wait for them.
    /// - Throws: every fault of the change that the installation can see; `insufficientBalance` where a start is not
    ///   covered; the service is as it was then.
    public func callAsFunction(
        _ id: ServiceID, _ change: ServiceChange, taking taken: TakenModels = .none, naming: ConfigNaming = .first,
        waitsForModels: Bool = false, in project: Project, caller: Caller
    ) async throws {
        try caller.require(.write, in: Scope(project))
        let asked = try await ports.store.read { try $0.requiredService(id, in: project.id) }
        var change = change
        change.configs = change.configs?.staying(with: asked.definition.configs)
        if change.status != .stopped {
            try await ports.requireOffered(
                change.configs ?? asked.definition.configs, taking: taken, naming: naming,
                waitsForModels: waitsForModels, in: project)
        }
        let ports = self.ports
        try await ports.store.write { [change] transaction in
            var service = try transaction.requiredService(id, in: project.id)
            guard service.wish != .deleted else {
                throw Fault(.conflict, "The service \(service.definition.name) is being deleted.")
            }
            try transaction.take(taken, in: project, caller: caller, ports: ports)
            try transaction.apply(change, to: &service, in: project, ports: ports)
            try service.definition.requireReadable()
            try transaction.update(service)
        }
        taken.publish()
        supervisor.wake(id)
    }

    /// Stops it and takes it away; its bill stays.
    public func delete(_ id: ServiceID, in project: Project, caller: Caller) async throws {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        try await ports.store.write { transaction in
            var service = try transaction.requiredService(id, in: project.id)
            service.wish = .deleted
            service.updatedAt = ports.clock.now()
            try transaction.update(service)
        }
        supervisor.wake(id)
    }
}

extension [ServiceConfig] {
    /// The same configs; those that say nothing of a pool stay where the service is, so that a change of weights
    /// does not begin to cost.
    fileprivate func staying(with present: [ServiceConfig]) -> [ServiceConfig] {
        let pools = Set(present.map(\.pool))
        guard pools.count == 1, let pool = pools.first ?? nil else { return self }
        return map { config in
            var config = config
            config.pool = config.pool ?? pool
            return config
        }
    }
}

extension StoreTransaction {
    /// Configs with the versions that they are, the new ones stored.
    func number(_ configs: [ServiceConfig], for service: Service, at now: Instant) throws -> [ServiceConfig] {
        let numbered = try ServiceConfig.numbered(configs, present: service.definition.configs) { deployment in
            try versions(of: service.id, deployment: deployment).map(\.config)
        }
        try record(numbered.new, of: service.id, at: now)
        return numbered.configs
    }

    /// Stores new versions; the oldest go where there are too many, save those in force.
    func record(_ new: [ServiceConfig], of id: ServiceID, at now: Instant) throws {
        for config in new {
            try put(DeploymentRecord(service: id, config: config, createdAt: now, updatedAt: now))
            let kept = try versions(of: id, deployment: config.deployment).dropFirst(Limits.deploymentVersions)
            guard !kept.isEmpty, let service = try service(id) else { continue }
            for old in kept where !service.names(old.config) {
                try delete(old.config.version, of: id, deployment: config.deployment)
            }
        }
    }

    fileprivate func apply(
        _ change: ServiceChange, to service: inout Service, in project: Project, ports: Ports
    ) throws {
        let now = ports.clock.now()
        service.updatedAt = now
        if let description = change.description { service.definition.description = description }
        if let limits = change.limits { service.definition.limits = limits }
        let runs = change.status == .running && service.wish != .running
        if let asked = change.configs, asked != service.definition.configs {
            let configs = try number(asked, for: service, at: now)
            service.definition.configs = configs
            if service.wish == .running, change.status != .stopped { service.begunAt = now }
            try append(ServiceEvent(service: service.id, at: now, text: "Its configuration is being changed."))
        }
        if let stop = change.stopAfterSeconds {
            service.definition.stopAfterSeconds = stop
            service.stopAt = stop.map { now.advanced(milliseconds: $0 * 1_000) }
        }
        if runs {
            // One that is finished goes through everything again.
            if service.wish == .finished { try deleteBatchItems(of: service.id) }
            try requireFirstHour(of: service.definition.configs, in: project, ports: ports)
            service.begin(at: now)
            try append(ServiceEvent(service: service.id, at: now, text: "The service is being started."))
        } else if change.status == .stopped, service.wish != .stopped, service.wish != .finished {
            (service.wish, service.reason, service.stopAt) = (.stopped, "", nil)
            try append(ServiceEvent(service: service.id, at: now, text: "The service was asked to stop."))
        }
    }
}
