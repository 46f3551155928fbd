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

    public func callAsFunction(_ id: VolumeID, in project: Project, caller: Caller) async throws -> Volume {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let change = try await ports.store.write { try $0.deleteVolume(id, in: project.id, ports: ports) }
        supervisor.carryOut(change)
        return change.volume
    }
}
