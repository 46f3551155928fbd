public import Identity
public import Kernel
import Workloads

/// Stops a job: a waiting one at once, a running one by TERM and, after its grace, KILL.
public struct StopTrainingJob: Sendable {
    private let ports: Ports
    private let supervisor: TrainingJobSupervisor

    public init(_ ports: Ports, supervisor: TrainingJobSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The job as it stands when the stop has been asked for; `conflict` where it has ended already.
    public func callAsFunction(
        _ id: TrainingJobID, in project: Project, caller: Caller
    ) async throws -> TrainingJob {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let (job, applied) = try await ports.store.write { transaction in
            var job = try transaction.requiredTrainingJob(id, in: project.id)
            guard job.machine.step != .ended else {
                throw Fault(.conflict, "The job has ended already: it is \(job.machine.phase.rawValue).")
            }
            let applied = try transaction.stop(&job, ports: ports)
            return (job, applied)
        }
        supervisor.perform(applied.actions, for: id)
        supervisor.wake()
        return job
    }
}

extension StoreTransaction {
    /// Asks for the end of a job and stores it.
    func stop(_ job: inout TrainingJob, ports: Ports) throws -> ApplyTrainingJobEvent.Applied {
        let applied = try apply(.stopRequested, to: &job, at: ports.clock.now())
        if job.machine.step == .ended { try settleHold(of: &job, ports: ports) }
        try update(job)
        return applied
    }
}
