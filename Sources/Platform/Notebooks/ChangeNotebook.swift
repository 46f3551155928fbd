public import Identity
public import Kernel
import Pricing
public import Workloads

/// Changes a notebook: its name at any time, its flavor and image while it rests; its volume grows while it runs, too.
public struct ChangeNotebook: Sendable {
    private let ports: Ports
    private let supervisor: NotebookSupervisor

    public init(_ ports: Ports, supervisor: NotebookSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    public func callAsFunction(
        _ id: NotebookID, _ change: NotebookChange, in project: Project, caller: Caller
    ) async throws -> Notebook {
        try caller.require(.write, in: Scope(project))
        let ports = self.ports
        let asked = try await ports.store.read { try $0.requiredNotebook(id, in: project.id) }
        try Self.check(change, of: asked)
        var change = change
        if change.flavor != nil || change.image != nil {
            let offer = try await NotebookOffer(
                flavor: change.flavor ?? asked.definition.flavor, image: change.image ?? asked.definition.image,
                pool: asked.pool, project: project, ports: ports)
            if change.image != nil { change.image = offer.engine.id }
        }
        let room = try await ports.volumes.capacity()
        let (notebook, volume) = try await ports.store.write { [change] transaction in
            var notebook = try transaction.requiredNotebook(id, in: project.id)
            try Self.check(change, of: notebook)
            let volume = try transaction.grow(notebook, to: change.volumeGigabytes, room: room, ports: ports)
            notebook.take(change, at: ports.clock.now())
            try transaction.update(notebook)
            return (notebook, volume)
        }
        supervisor.go(on: nil, volume)
        return notebook
    }

    private static func check(_ change: NotebookChange, of notebook: Notebook) throws {
        var faults = Faults()
        let status = notebook.machine.status
        if [.deleting, .snapshotting].contains(status) {
            faults.add(.conflict, "The notebook is \(status.rawValue) and cannot be changed.")
        }
        if change.flavor != nil || change.image != nil, !notebook.machine.canStart {
            faults.add(
                .conflict, "The notebook is \(status.rawValue); stop it to change its flavor or its image.",
                field: change.flavor == nil ? "image_id" : "flavor")
        }
        try faults.check()
    }
}

extension StoreTransaction {
    /// Lets the volume of a notebook grow; the same size changes nothing, and a smaller one is refused.
    fileprivate func grow(
        _ notebook: Notebook, to gigabytes: Int64?, room: Int64, ports: Ports
    ) throws -> VolumeChange? {
        guard let gigabytes, let id = notebook.volume, let volume = try volume(id),
            gigabytes != volume.wantedCapacity
        else { return nil }
        do {
            return try growVolume(
                id, to: gigabytes, bounds: .notebook, room: room, in: notebook.project, ports: ports)
        } catch let fault as Fault {
            throw Fault(fault.code, fault.message, field: "storage_new_size")
        }
    }
}

extension Notebook {
    fileprivate mutating func take(_ change: NotebookChange, at now: Instant) {
        definition.name = change.name ?? definition.name
        definition.description = change.description ?? definition.description
        definition.flavor = change.flavor ?? definition.flavor
        definition.image = change.image ?? definition.image
        definition.volumeGigabytes = change.volumeGigabytes ?? definition.volumeGigabytes
        updatedAt = now
    }
}
