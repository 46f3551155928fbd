import Kernel
import Workloads

/// Carries out one action of a notebook's machine in the world; every act may be repeated.
struct NotebookAct: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// What came of it, for the machine; nil where something else will tell (a record of the shim).
    func perform(_ action: NotebookMachine.Action, for notebook: Notebook) async throws -> NotebookMachine.Event? {
        switch action {
        case .store:
            return await outcome({ try await store(notebook) }, success: .stored) { .storingFailed($0) }
        case .submit:
            return await outcome({ try await submit(notebook) }, success: nil) { message in
                .ended(JobEnd(cause: .startFailed, exitCode: 0, message: message))
            }
        case .awaitServer, .snapshot: return nil
        case .stop:
            try await ports.executor.stop(notebook.attempt)
            // What was never started leaves no record of its end.
            let evidence = try await ports.executor.evidence(notebook.attempt, after: -1)
            return evidence.shim == .absent ? .lost("it had not started") : nil
        case .finish:
            try await ports.notebooks.servers.removeFolder(of: notebook.attempt)
            try await ports.notebooks.storage.release(notebook)
            try await ports.executor.release(notebook.attempt)
            return nil
        case .remove:
            return await outcome({ try await ports.notebooks.storage.remove(notebook) }, success: .removed) {
                .removalFailed("its volume could not be removed: \($0)")
            }
        }
    }

    private func outcome(
        _ act: () async throws -> Void, success: NotebookMachine.Event?, failure: (String) -> NotebookMachine.Event?
    ) async -> NotebookMachine.Event? {
        do {
            try await act()
            return success
        } catch {
            ports.journal.note(
                .warning, "An act of a notebook failed.", ["notebook": "", "error": "\(error)"])
            return failure((error as? Fault)?.message ?? "\(error)")
        }
    }

    private func store(_ notebook: Notebook) async throws {
        let (volume, _) = try await ports.notebooks.storage.prepare(notebook)
        guard notebook.volume != volume else { return }
        try await ports.store.write { transaction in
            guard var notebook = try transaction.notebook(notebook.id) else { return }
            notebook.volume = volume
            try transaction.update(notebook)
        }
    }

    private func submit(_ notebook: Notebook) async throws {
        // A run that is there already keeps its socket.
        guard try await ports.executor.evidence(notebook.attempt, after: -1).shim == .absent else { return }
        let engine = try ports.notebookImage(notebook.definition.image).engine
        let plan = NotebookContract.plan(
            for: notebook.id.text, python: engine.python, cpuMillicores: notebook.demand.cpuMillicores,
            accelerators: notebook.accelerators)
        let volume = try await ports.notebooks.storage.prepare(notebook).hostPath
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
