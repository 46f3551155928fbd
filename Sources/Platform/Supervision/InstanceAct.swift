import Kernel
import Workloads

/// Carries out one action of an instance's machine in the world; every act may be repeated.
struct InstanceAct: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// What came of it, for the machine; nil where something else will tell (a record of the shim).
    func perform(
        _ action: InstanceMachine.Action, for instance: ServiceInstance
    ) async throws -> InstanceMachine.Event? {
        switch action {
        case .submit:
            do {
                try await submit(instance)
                return nil
            } catch {
                ports.journal.note(
                    .warning, "An instance could not be started.",
                    ["instance": instance.attempt.text, "error": "\(error)"])
                // What this machine lacks just now is no fault of the instance; the next sweep tries again.
                if let fault = error as? Fault, [.unavailable, .storageFull].contains(fault.code) { return nil }
                let message = (error as? Fault)?.message ?? "\(error)"
                return .ended(JobEnd(cause: .startFailed, exitCode: 0, message: message))
            }
        case .await, .drain: return nil
        case .stop:
            try await ports.executor.stop(instance.attempt)
            // What was never started leaves no record of its end.
            let evidence = try await ports.executor.evidence(instance.attempt, after: -1)
            return evidence.shim == .absent ? .lost("it had not started") : nil
        case .finish:
            try await ports.sockets.removeFolder(of: instance.attempt)
            return nil
        }
    }

    private func submit(_ instance: ServiceInstance) async throws {
        // One that is there already keeps its socket.
        guard try await ports.executor.evidence(instance.attempt, after: -1).shim == .absent else { return }
        let id = ModelID(instance.run.model)
        guard let model = try await ports.store.read({ try $0.model(id) }) else {
            throw Fault(.notFound, "Its model \(id) is deleted.")
        }
        switch model.state {
        case .published: break
        case .publishing: throw Fault(.unavailable, "Its model is still being copied.")
        case .failed: throw Fault(.conflict, "its model could not be taken up: \(model.message)")
        }
        let engine = try ports.modelEngine(named: model.engine)
        let packages = ports.models.packages(of: id)
        let plan = ServiceContract.plan(
            model.config, name: instance.serviceName, version: model.definition.version,
            environments: instance.run.environments, python: engine.python, layers: engine.layers,
            hasPackages: packages != nil, cpuMillicores: instance.demand.cpuMillicores,
            accelerators: instance.accelerators)
        let socket = try await ports.sockets.makeFolder(for: instance.attempt)
        let runtimes = engine.folders.map { AttemptSpec.Mount(hostPath: $0, sandboxPath: $0, isWritable: false) }
        let own = [
            AttemptSpec.Mount(
                hostPath: ports.models.path(of: id), sandboxPath: ServiceContract.model, isWritable: false),
            AttemptSpec.Mount(hostPath: socket, sandboxPath: ServiceContract.socketFolder, isWritable: true),
        ]
        let installed = packages.map { packages in
            AttemptSpec.Mount(hostPath: packages, sandboxPath: ServiceContract.packages, isWritable: false)
        }
        try await ports.executor.submit(
            AttemptSpec(
                attempt: instance.attempt, command: plan.command, environment: plan.environment,
                workingDirectory: plan.workingDirectory, mounts: own + runtimes + (installed.map { [$0] } ?? []),
                limits: AttemptLimits(
                    cpuMillicores: instance.demand.cpuMillicores, memoryBytes: instance.demand.memoryBytes),
                accelerators: instance.accelerators,
                leaseUntil: ports.clock.now().advanced(milliseconds: ports.settings.leaseSeconds * 1_000)))
    }
}
