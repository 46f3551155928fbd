public import Identity
import Kernel
public import Workloads

/// Makes a volume that belongs to nobody yet.
public struct CreateVolume: Sendable {
    private let ports: Ports
    private let supervisor: VolumeSupervisor

    public init(_ ports: Ports, supervisor: VolumeSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The volume as taken; it is there when its state is `available`.
    public func callAsFunction(
        _ wish: VolumeWish, bounds: VolumeCapacity = .dataDisk, in project: Project, caller: Caller
    ) async throws -> Volume {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let room = try await ports.volumes.capacity()
        let id: VolumeID = ports.identifiers.uuid()
        let change = try await ports.store.write { transaction in
            try transaction.createVolume(
                wish, id: id, bounds: bounds, room: room, in: project, caller: caller, ports: ports)
        }
        supervisor.carryOut(change)
        return change.volume
    }
}
