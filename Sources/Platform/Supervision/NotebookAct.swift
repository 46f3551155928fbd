import Kernel
import Workloads

/// Carries out one action of a notebook's machine in the world; every act may be repeated.
struct NotebookAct: Sendable {
    private let ports: Ports
    private let volumes: VolumeSupervisor

    init(_ ports: Ports, volumes: VolumeSupervisor) {
        self.ports = ports
        self.volumes = volumes
    }

    /// What came of it, for the machine; nil where something else will tell (a record of the shim).
    func perform(_ action: NotebookMachine.Action, for notebook: Notebook) async throws -> NotebookMachine.Event? {
        switch action {
        case .store:
            return try await store(notebook)
        case .submit:
            do {
                try await submit(notebook)
                return nil
            } catch {
                ports.journal.note(
                    .warning, "A notebook could not be started.",
                    ["notebook": notebook.id.text, "error": "\(error)"])
                let message = (error as? Fault)?.message ?? "\(error)"
                return .ended(JobEnd(cause: .startFailed, exitCode: 0, message: message))
            }
        case .awaitServer: return nil
        case .snapshot: return .snapshotEnded(try await SaveEnvironment(ports)(of: notebook))
        case .stop:
            try await ports.executor.stop(notebook.attempt)
            // What was never started leaves no record of its end.
            let evidence = try await ports.executor.evidence(notebook.attempt, after: -1)
            return evidence.shim == .absent ? .lost("it had not started") : nil
        case .finish:
            try await ports.notebooks.servers.removeFolder(of: notebook.attempt)
            try await ports.executor.release(notebook.attempt)
            return nil
        case .remove: return try await remove(notebook)
        }
    }

    /// Whether the volume is there: made, given to the notebook, and mounted. Nil while its supervisor is at it.
    private func store(_ notebook: Notebook) async throws -> NotebookMachine.Event? {
        guard let id = notebook.volume, let volume = try await ports.store.read({ try $0.volume(id) }) else {
            return .storingFailed("there is none")
        }
        let isMine = volume.attachment == notebook.resource
        switch volume.machine.state {
        case .inUse, .extending, .errorExtending: return isMine && volume.machine.isMounted ? .stored : nil
        case .creating, .attaching, .detaching: return nil
        // It was given to the notebook when the run began; it is back because it could not be mounted.
        case .available where isMine: return nil
        case .available, .error: return .storingFailed(volume.machine.message)
        case .deleting, .errorDeleting, .deleted: return .storingFailed("it is deleted")
        }
    }

    /// Whether the volume is gone; asks for it first. Nil while its supervisor is at it.
    private func remove(_ notebook: Notebook) async throws -> NotebookMachine.Event? {
        guard let id = notebook.volume else { return .removed }
        let ports = self.ports
        let (event, change): (NotebookMachine.Event?, VolumeChange?) = try await ports.store.write { transaction in
            guard let volume = try transaction.volume(id) else { return (.removed, nil) }
            switch volume.machine.state {
            case .deleted: return (.removed, nil)
            case .deleting: return (nil, nil)
            // It failed after it was asked for; before, it is tried again.
            case .errorDeleting where volume.updatedAt > notebook.updatedAt:
                return (.removalFailed("its volume could not be removed: \(volume.machine.message)"), nil)
            default:
                return (
                    nil,
                    try transaction.deleteVolume(id, by: notebook.resource, in: notebook.project, ports: ports)
                )
            }
        }
        if let change { volumes.carryOut(change) }
        return event
    }

    private func submit(_ notebook: Notebook) async throws {
        // A run that is there already keeps its socket.
        guard try await ports.executor.evidence(notebook.attempt, after: -1).shim == .absent else { return }
        let engine = try await ports.offeredImages(in: notebook.project).image(notebook.definition.image).engine
        let plan = NotebookContract.plan(
            for: notebook.id.text, python: engine.python, layers: engine.layers,
            cpuMillicores: notebook.demand.cpuMillicores, accelerators: notebook.accelerators)
        guard let id = notebook.volume else { throw Fault(.internalFault, "The notebook has no volume.") }
        // Mounted once more: after the machine started anew nothing is.
        let volume = try await ports.volumes.mount(id)
        let socket = try await ports.notebooks.servers.makeFolder(for: notebook.attempt)
        let runtimes = engine.folders.map { AttemptSpec.Mount(hostPath: $0, sandboxPath: $0, isWritable: false) }
        let own = [
            AttemptSpec.Mount(hostPath: volume, sandboxPath: NotebookContract.work, isWritable: true),
            AttemptSpec.Mount(hostPath: socket, sandboxPath: NotebookContract.socketFolder, isWritable: true),
        ]
        try await ports.executor.submit(
            AttemptSpec(
                attempt: notebook.attempt, command: plan.command, environment: plan.environment,
                workingDirectory: plan.workingDirectory, mounts: own + runtimes,
                limits: AttemptLimits(
                    cpuMillicores: notebook.demand.cpuMillicores, memoryBytes: notebook.demand.memoryBytes,
                    outlivesMemoryKills: true),
                accelerators: notebook.accelerators,
                leaseUntil: ports.clock.now().advanced(milliseconds: ports.settings.leaseSeconds * 1_000)))
    }
}
