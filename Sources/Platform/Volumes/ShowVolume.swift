public import Identity
public import Kernel
import Metering

/// Shows volumes of a project.
public struct ShowVolume: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// The volume, or `notFound` where the project has none of this id.
    public func callAsFunction(_ id: VolumeID, in project: Project, caller: Caller) async throws -> Volume {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.requiredVolume(id, in: project.id) }
    }

    /// A page of volumes.
    public func list(_ query: VolumeQuery, in project: Project, caller: Caller) async throws -> Page<Volume> {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { try $0.volumes(query) }
    }

    /// Bytes that its files take.
    public func usage(_ id: VolumeID, in project: Project, caller: Caller) async throws -> Int64 {
        _ = try await self(id, in: project, caller: caller)
        return try await ports.volumes.usage(id)
    }
}
