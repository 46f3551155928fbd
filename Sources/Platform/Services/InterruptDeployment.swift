public import Identity
public import Kernel
import Workloads

/// Breaks off a deployment that is on its way up: it goes back to what is served of it, or stops where nothing is.
public struct InterruptDeployment: Sendable {
    private let ports: Ports
    private let supervisor: ServiceSupervisor

    public init(_ ports: Ports, supervisor: ServiceSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// - Throws: `conflict` where the deployment is not on its way.
    public func callAsFunction(
        _ deployment: String, of id: ServiceID, in project: Project, caller: Caller
    ) async throws {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        try await ports.store.write { transaction in
            var service = try transaction.requiredService(id, in: project.id)
            let config = try service.deployment(named: deployment)
            let state = try transaction.state(service)
            guard service.wish == .running,
                let interruption = Interruption.of(
                    config, configs: service.definition.configs, served: service.served, ready: state.ready)
            else {
                throw Fault(
                    .conflict,
                    "The deployment \(deployment) is not on its way; the service is \(state.status.rawValue).",
                    field: "deployment_id")
            }
            let now = ports.clock.now()
            try transaction.append(
                ServiceUpdate(service: id, at: now, isSuccess: false, configs: service.definition.configs))
            switch interruption {
            case .goesOn(let configs):
                service.definition.configs = configs
                service.begunAt = now
            case .stops: (service.wish, service.stopAt) = (.stopped, nil)
            }
            service.updatedAt = now
            service.reason = ""
            try transaction.append(
                ServiceEvent(service: id, at: now, text: "The deployment \(deployment) was interrupted."))
            try transaction.update(service)
        }
        supervisor.wake(id)
    }
}
