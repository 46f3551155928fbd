public import Identity
public import Kernel
import Workloads

/// Takes an instance of a deployment away; another is begun in its stead, or there is one fewer from then on.
public struct DeleteInstance: Sendable {
    private let ports: Ports
    private let supervisor: ServiceSupervisor

    public init(_ ports: Ports, supervisor: ServiceSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// What becomes of its place, as ModelArts calls it.
    public enum Operation: String, Hashable, Sendable, CaseIterable {
        /// Another one is begun.
        case recreate = "RECREATE"
        /// The deployment has one fewer.
        case delete = "DELETE"
    }

    /// - Parameters:
    ///   - deployment: the deployment that it is of; nil for any.
    ///   - isForced: whether calls that it is answering break off.
    /// - Throws: `notFound` where the service has no such instance, `conflict` where that one ends already.
    public func callAsFunction(
        _ attempt: AttemptID, of deployment: String?, service id: ServiceID, operation: Operation = .recreate,
        isForced: Bool, in project: Project, caller: Caller
    ) async throws {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let (instance, actions) = try await ports.store.write { transaction in
            var service = try transaction.requiredService(id, in: project.id)
            let configs = try deployment.map { [try service.deployment(named: $0)] } ?? service.definition.configs
            let names = Set(configs.map(\.deployment))
            // What is being replaced by an update is of its deployment, too.
            let runs = (service.definition.configs + service.served).filter { names.contains($0.deployment) }.map(\.run)
            guard var instance = try transaction.instances(of: id).last(where: { $0.attempt == attempt }),
                runs.contains(instance.run)
            else {
                throw Fault(.notFound, "There is no instance \(attempt) in this deployment.", field: "name")
            }
            guard
                InstanceMachine.wantedSteps.contains(instance.machine.step)
                    || (isForced && instance.machine.step == .draining)
            else {
                throw Fault(.conflict, "The instance \(attempt) ends already.", field: "name")
            }
            if operation == .delete { try transaction.shrink(&service, by: instance, at: ports.clock.now()) }
            let event: InstanceMachine.Event = isForced ? .dismissed : .retired
            let actions = try transaction.apply(event, to: &instance, ports: ports)
            try transaction.append(
                ServiceEvent(
                    service: id, at: ports.clock.now(), text: "Its instance \(attempt) was asked to go."))
            return (instance, actions)
        }
        supervisor.follow(instance, actions)
    }
}

extension StoreTransaction {
    /// Gives the deployment of an instance one fewer.
    fileprivate func shrink(_ service: inout Service, by instance: ServiceInstance, at now: Instant) throws {
        func shrunk(_ configs: [ServiceConfig]) -> [ServiceConfig] {
            configs.map { config in
                var config = config
                if config.run == instance.run { config.instanceCount = max(0, config.instanceCount - 1) }
                return config
            }
        }
        // What answers is not another thing for it: there is no update to wait for.
        let isSettled = service.served == service.definition.configs
        service.definition.configs = shrunk(service.definition.configs)
        if isSettled { service.served = service.definition.configs }
        service.updatedAt = now
        try update(service)
    }
}
