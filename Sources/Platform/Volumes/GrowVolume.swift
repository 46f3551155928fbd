public import Identity
public import Kernel
public import Workloads

/// Gives volumes more room, also while they are in use.
public struct GrowVolume: Sendable {
    private let ports: Ports
    private let supervisor: VolumeSupervisor

    public init(_ ports: Ports, supervisor: VolumeSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// A volume, and the GiB that it is to have.
    public struct Growth: Sendable {
        public let volume: VolumeID
        public let gibibytes: Int64

        public init(volume: VolumeID, gibibytes: Int64) {
            self.volume = volume
            self.gibibytes = gibibytes
        }
    }

    /// The job of the whole; either all may grow, or none does.
    public func callAsFunction(
        _ growths: [Growth], bounds: VolumeCapacity = .dataDisk, in project: Project, caller: Caller
    ) async throws -> VolumeJobID {
        try caller.require(.write, in: Scope(project))
        guard (1...Limits.volumesInRequest).contains(growths.count) else {
            throw Fault(
                .invalidParameter, "One request grows 1 to \(Limits.volumesInRequest) volumes.", field: "volumes")
        }
        let ports = self.ports
        let room = try await ports.volumes.capacity()
        let (job, changes) = try await ports.store.write { transaction in
            let changes = try growths.map { growth in
                try transaction.growVolume(
                    growth.volume, to: growth.gibibytes, bounds: bounds, room: room, in: project.id, ports: ports)
            }
            let job = try transaction.insertJobs(
                .extend, whole: .extend, of: growths.map(\.volume), in: project.id, ports: ports)
            return (job.id, changes)
        }
        for change in changes { supervisor.carryOut(change) }
        return job
    }
}
