public import Identity
public import Kernel
public import Workloads

/// Gives a volume more room, also while it is in use.
public struct GrowVolume: Sendable {
    private let ports: Ports
    private let supervisor: VolumeSupervisor

    public init(_ ports: Ports, supervisor: VolumeSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    public func callAsFunction(
        _ id: VolumeID, to gibibytes: Int64, bounds: VolumeCapacity = .dataDisk, in project: Project, caller: Caller
    ) async throws -> Volume {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let room = try await ports.volumes.capacity()
        let change = try await ports.store.write { transaction in
            try transaction.growVolume(
                id, to: gibibytes, bounds: bounds, room: room, in: project.id, ports: ports)
        }
        supervisor.carryOut(change)
        return change.volume
    }
}
