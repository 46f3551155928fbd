public import Identity
public import Kernel

/// Changes what people call a volume.
public struct RenameVolume: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// - Parameters:
    ///   - name: nil leaves it as it is; so does nil for the description.
    public func callAsFunction(
        _ id: VolumeID, name: String?, description: String?, in project: Project, caller: Caller
    ) async throws -> Volume {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        return try await ports.store.write { transaction in
            var volume = try transaction.requiredVolume(id, in: project.id)
            volume.name = name ?? volume.name
            volume.description = description ?? volume.description
            try VolumeWish.check(name: volume.name, description: volume.description).check()
            volume.updatedAt = ports.clock.now()
            try transaction.update(volume)
            return volume
        }
    }
}
