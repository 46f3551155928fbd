import Kernel
import Workloads

/// Carries out one action of a job's machine in the world; every act may be repeated.
struct TrainingJobAct: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// What came of it, for the machine; nil where something else will tell (a record of the shim).
    func perform(_ action: TrainingJobMachine.Action, for job: TrainingJob) async -> TrainingJobMachine.Event? {
        switch action {
        case .stage:
            return await outcome(of: { try await self.stage(job) }, success: .staged) { .stagingFailed($0) }
        case .submit:
            return await outcome(of: { try await self.submit(job) }, success: nil) { message in
                .ended(JobEnd(cause: .startFailed, exitCode: 0, message: message))
            }
        case .stop:
            return await outcome(of: { try await self.ports.executor.stop(job.attempt) }, success: nil) { _ in nil }
        case .save:
            return await outcome(of: { try await self.save(job) }, success: .saved) { .savingFailed($0) }
        case .finish:
            return await outcome(of: { try await self.finish(job) }, success: nil) { _ in nil }
        }
    }

    private func outcome(
        of act: @Sendable () async throws -> Void, success: TrainingJobMachine.Event?,
        failure: (String) -> TrainingJobMachine.Event?
    ) async -> TrainingJobMachine.Event? {
        do {
            try await act()
            return success
        } catch {
            ports.journal.note(.warning, "An act of a training job failed.", ["error": "\(error)"])
            return failure((error as? Fault)?.message ?? "\(error)")
        }
    }

    private func stage(_ job: TrainingJob) async throws {
        let plan = try launchPlan(of: job, in: try await engine(of: job))
        for folder in plan.folders {
            let hostPath = try await ports.folders.make(folder.name, of: job.attempt)
            guard let url = folder.sourceURL else { continue }
            let source = try ObjectPath(url, field: folder.name)
            _ = try await ports.buckets.download(source, of: job.account, into: hostPath)
        }
    }

    private func submit(_ job: TrainingJob) async throws {
        let engine = try await engine(of: job)
        let plan = try launchPlan(of: job, in: engine)
        let mounts = plan.folders.map { folder in
            AttemptSpec.Mount(
                hostPath: ports.folders.path(folder.name, of: job.attempt), sandboxPath: folder.sandboxPath,
                isWritable: true)
        }
        let runtimes = engine.folders.map { AttemptSpec.Mount(hostPath: $0, sandboxPath: $0, isWritable: false) }
        let lease = ports.clock.now().advanced(milliseconds: ports.settings.leaseSeconds * 1_000)
        try await ports.executor.submit(
            AttemptSpec(
                attempt: job.attempt, command: plan.command, environment: plan.environment,
                workingDirectory: plan.workingDirectory, mounts: mounts + runtimes,
                limits: AttemptLimits(
                    cpuMillicores: job.demand.cpuMillicores, memoryBytes: job.demand.memoryBytes),
                accelerators: job.accelerators,
                timeLimitSeconds: job.definition.autoStopHours.map { $0 * 3_600 }, leaseUntil: lease,
                sharesNetwork: ports.settings.jobsShareNetwork))
    }

    private func engine(of job: TrainingJob) async throws -> Engine {
        try await ports.offeredImages(in: job.project).engine(job.definition.algorithm.engine)
    }

    private func launchPlan(of job: TrainingJob, in engine: Engine) throws -> LaunchPlan {
        try ContainerContract.plan(
            for: job.definition, job: job.id.text, python: engine.python, layers: engine.layers,
            cpuMillicores: job.demand.cpuMillicores, accelerators: job.accelerators)
    }

    /// Outputs and the log land in their buckets before the job says how it ended.
    private func save(_ job: TrainingJob) async throws {
        let plan = try launchPlan(of: job, in: try await engine(of: job))
        for folder in plan.folders {
            guard let url = folder.targetURL else { continue }
            let target = try ObjectPath(url, field: folder.name)
            let source = ports.folders.path(folder.name, of: job.attempt)
            _ = try await ports.buckets.upload(from: source, to: target, of: job.account)
        }
        if let url = job.definition.logPath { try await saveLog(of: job, to: url) }
    }

    private func saveLog(of job: TrainingJob, to url: String) async throws {
        let folder = try ObjectPath(url, field: "spec.log_export_path.obs_url")
        let name = "modelarts-job-\(job.id)-\(ReadTrainingLog.taskID).log"
        let key = folder.key.isEmpty ? name : folder.key + "/" + name
        let object = try ObjectPath(bucket: folder.bucket, key: key)
        _ = try await ports.buckets.put(
            object, of: job.account, content: LogChunks(executor: ports.executor, attempt: job.attempt))
    }

    private func finish(_ job: TrainingJob) async throws {
        try await ports.folders.remove(job.attempt)
        if job.isDeleted { try await ports.executor.release(job.attempt) }
    }
}

/// An attempt's log from its first kept byte to its end, piece by piece.
struct LogChunks: AsyncSequence, Sendable {
    let executor: any Executor
    let attempt: AttemptID

    struct AsyncIterator: AsyncIteratorProtocol {
        let executor: any Executor
        let attempt: AttemptID
        var offset: Int64 = 0

        mutating func next() async throws -> [UInt8]? {
            let piece = try await executor.log(attempt, from: offset, limit: 256 << 10)
            guard !piece.bytes.isEmpty else { return nil }
            offset = piece.offset + Int64(piece.bytes.count)
            return piece.bytes
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(executor: executor, attempt: attempt) }
}
