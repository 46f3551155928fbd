public import Identity
public import Kernel
public import Workloads

/// Lists, shows, brings back and deletes the versions of a deployment.
public struct DeploymentVersions: Sendable {
    private let ports: Ports
    private let change: ChangeService

    public init(_ ports: Ports, change: ChangeService) {
        self.ports = ports
        self.change = change
    }

    /// The versions of a deployment, the newest first.
    public func list(
        of deployment: String, service id: ServiceID, in project: Project, caller: Caller
    ) async throws -> [DeploymentRecord] {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            let service = try transaction.requiredService(id, in: project.id)
            _ = try service.deployment(named: deployment)
            return try transaction.versions(of: id, deployment: deployment)
        }
    }

    /// How many versions each deployment of services has.
    public func counts(of service: ServiceID) async throws -> [String: Int] {
        let records = try await ports.store.read { try $0.versions(of: service, deployment: nil) }
        return Dictionary(grouping: records, by: \.config.deployment).mapValues(\.count)
    }

    /// One version, or `notFound`.
    public func callAsFunction(
        _ version: DeploymentVersion, of deployment: String, service: ServiceID, in project: Project, caller: Caller
    ) async throws -> DeploymentRecord {
        let all = try await list(of: deployment, service: service, in: project, caller: caller)
        return try all.required(version, of: deployment)
    }

    /// Brings a version back: what it ran is brought up beside what answers, as any change is. How many instances there
    /// are, their share of the calls and how they scale stays as it is.
    ///
    /// - Throws: what any change throws, a model that is deleted among it; the deployment is as it was then.
    public func switchBack(
        to version: DeploymentVersion, of deployment: String, service id: ServiceID, in project: Project,
        caller: Caller
    ) async throws {
        try caller.require(.write, in: Scope(project))
        let record = try await self(version, of: deployment, service: id, in: project, caller: caller)
        let service = try await ports.store.read { try $0.requiredService(id, in: project.id) }
        let present = try service.deployment(named: deployment)
        guard present.version != version else { return }
        let configs = service.definition.configs.map { $0 == present ? $0.switched(to: record.config) : $0 }
        let breaches = ServiceConfig.breaches(of: configs)
        try Faults(breaches.map { Fault(.conflict, "\($0) Change the other deployment first.") }).check()
        let place = configs.firstIndex { $0.deployment == deployment } ?? 0
        try await change(
            id, ServiceChange(configs: configs), naming: .deployment(place), waitsForModels: true, in: project,
            caller: caller)
        let ports = self.ports
        try await ports.store.write { transaction in
            // It may have been deleted since.
            let known = try transaction.versions(of: id, deployment: deployment)
            guard var record = known.first(where: { $0.config.version == version }) else { return }
            record.updatedAt = ports.clock.now()
            try transaction.put(record)
        }
    }

    /// Forgets a version.
    ///
    /// - Throws: `conflict` where the deployment is defined with it, or still answers with it.
    public func delete(
        _ version: DeploymentVersion, of deployment: String, service id: ServiceID, in project: Project,
        caller: Caller
    ) async throws {
        try caller.require(.write, in: Scope(project))
        try await ports.store.write { transaction in
            let service = try transaction.requiredService(id, in: project.id)
            _ = try service.deployment(named: deployment)
            let record = try transaction.versions(of: id, deployment: deployment).required(version, of: deployment)
            guard !service.names(record.config) else {
                throw Fault(
                    .conflict, "Version \(version) of \(deployment) is in force; switch to another version first.",
                    field: "version")
            }
            try transaction.delete(version, of: id, deployment: deployment)
        }
    }
}

extension Service {
    /// The deployment of a name, or `notFound`.
    public func deployment(named name: String) throws(Fault) -> ServiceConfig {
        guard let config = definition.configs.first(where: { $0.deployment == name }) else {
            throw Fault(.notFound, "The service has no deployment \(name).", field: "deployment_id")
        }
        return config
    }
}

extension [DeploymentRecord] {
    fileprivate func required(_ version: DeploymentVersion, of deployment: String) throws(Fault) -> DeploymentRecord {
        guard let record = first(where: { $0.config.version == version }) else {
            throw Fault(.notFound, "The deployment \(deployment) has no version \(version).", field: "version")
        }
        return record
    }
}
