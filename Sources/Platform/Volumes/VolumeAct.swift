import Kernel
import Workloads

/// Carries out one action of a volume's machine on the disk; every act may be repeated.
struct VolumeAct: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// What came of it, for the machine.
    func perform(_ action: VolumeMachine.Action, for volume: Volume) async -> VolumeMachine.Event {
        do {
            return try await carryOut(action, for: volume)
        } catch {
            ports.journal.note(
                .warning, "An act on a volume failed.", ["volume.id": volume.id.text, "error": "\(error)"])
            return Self.failure(of: action, (error as? Fault)?.message ?? "\(error)")
        }
    }

    private func carryOut(_ action: VolumeMachine.Action, for volume: Volume) async throws -> VolumeMachine.Event {
        let disks = ports.volumes
        switch action {
        case .create:
            try await disks.create(volume.id, gibibytes: volume.wantedCapacity)
            return .created
        case .mount:
            _ = try await disks.mount(volume.id)
            return .mounted
        case .unmount:
            try await disks.unmount(volume.id)
            return .unmounted
        case .grow:
            try await disks.grow(volume.id, to: volume.wantedCapacity)
            return .grown
        case .remove:
            try await disks.remove(volume.id)
            return .removed
        }
    }

    private static func failure(of action: VolumeMachine.Action, _ message: String) -> VolumeMachine.Event {
        switch action {
        case .create: .creationFailed(message)
        case .mount: .mountFailed(message)
        case .unmount: .unmountFailed(message)
        case .grow: .growthFailed(message)
        case .remove: .removalFailed(message)
        }
    }
}
