public import Identity
public import Kernel
import Workloads

/// Deletes a job: it is stopped if it runs, and is gone from every list at once; its bill stays.
public struct DeleteTrainingJob: Sendable {
    private let ports: Ports
    private let supervisor: TrainingJobSupervisor

    public init(_ ports: Ports, supervisor: TrainingJobSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    public func callAsFunction(_ id: TrainingJobID, in project: Project, caller: Caller) async throws {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let actions: [TrainingJobMachine.Action] = try await ports.store.write { transaction in
            var job = try transaction.requiredTrainingJob(id, in: project.id)
            job.isDeleted = true
            if job.machine.step == .ended {
                try transaction.update(job)
                return [.finish]
            }
            return try transaction.stop(&job, ports: ports).actions
        }
        supervisor.perform(actions, for: id)
        supervisor.wake()
    }
}
