public import Identity
public import Kernel

/// Deletes a volume that nobody uses, with its data; it costs nothing from now on, and its bill stays.
public struct DeleteVolume: Sendable {
    private let ports: Ports
    private let supervisor: VolumeSupervisor

    public init(_ ports: Ports, supervisor: VolumeSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The job; asked again while it goes on, the same.
    public func callAsFunction(_ id: VolumeID, in project: Project, caller: Caller) async throws -> VolumeJobID {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let (job, change) = try await ports.store.write { transaction in
            let change = try transaction.deleteVolume(id, in: project.id, ports: ports)
            if let going = try transaction.openVolumeJob(of: id, kind: .delete) { return (going.id, change) }
            let job = try transaction.insertJobs(
                .delete, whole: .delete, of: [id], in: project.id, ports: ports)
            return (job.id, change)
        }
        supervisor.carryOut(change)
        return job
    }
}
