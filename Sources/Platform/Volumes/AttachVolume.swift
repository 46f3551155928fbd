public import Identity
public import Kernel
public import Metering

/// Gives a volume to a notebook, or takes it away again.
public struct AttachVolume: Sendable {
    private let ports: Ports
    private let supervisor: VolumeSupervisor

    public init(_ ports: Ports, supervisor: VolumeSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// The volume on its way to a notebook; it has it when the state is `in-use`.
    public func attach(
        _ id: VolumeID, to owner: ResourceID, in project: Project, caller: Caller
    ) async throws -> Volume {
        try await change(in: project, caller: caller) { transaction, ports in
            try transaction.attachVolume(id, to: owner, in: project.id, ports: ports)
        }
    }

    /// The volume on its way from a notebook, which must not use it any more.
    public func detach(
        _ id: VolumeID, from owner: ResourceID, in project: Project, caller: Caller
    ) async throws -> Volume {
        try await change(in: project, caller: caller) { transaction, ports in
            try transaction.detachVolume(id, from: owner, in: project.id, ports: ports)
        }
    }

    private func change(
        in project: Project, caller: Caller,
        _ body: @escaping @Sendable (any StoreTransaction, Ports) throws -> VolumeChange
    ) async throws -> Volume {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let change = try await ports.store.write { try body($0, ports) }
        supervisor.carryOut(change)
        return change.volume
    }
}
