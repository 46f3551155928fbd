public import Identity
public import Kernel
public import Metering
import Pricing
public import Workloads

/// What may be done to volumes within any transaction: each gives the changed volume and what is to be done for it.
extension StoreTransaction {
    /// Takes a volume: reserves its first hour, and keeps it as being made.
    ///
    /// - Parameters:
    ///   - owner: whoever gets it as soon as it is there, such as a notebook.
    ///   - room: `VolumeDisks.capacity()`, asked before the transaction.
    /// - Throws: every fault of the wish; `doesNotFit`, `quotaExceeded`, `insufficientBalance`; nothing is left behind.
    public func createVolume(
        _ wish: VolumeWish, id: VolumeID, for owner: ResourceID? = nil, bounds: VolumeCapacity, room: Int64,
        in project: Project, caller: Caller, ports: Ports
    ) throws -> VolumeChange {
        try wish.check(bounds: bounds)
        guard try volumeCount(in: project.id) < Limits.volumes else {
            throw Fault(.quotaExceeded, "The project has \(Limits.volumes) volumes already; delete some first.")
        }
        try requireRoom(for: wish.capacity, of: room, field: "size")
        let now = ports.clock.now()
        var volume = Volume(
            id: id, account: project.account, project: project.id,
            userName: try user(caller.user)?.name ?? caller.user.text, name: wish.name, description: wish.description,
            type: wish.type, zone: ports.settings.zoneName, metadata: wish.metadata, createdAt: now, updatedAt: now,
            capacity: wish.capacity, wantedCapacity: wish.capacity)
        try reserveStretch(of: volume, gibibytes: wish.capacity, at: now, ports: ports)
        if let owner {
            volume.attachment = owner
            volume.attachedAt = now
            _ = volume.machine.handle(.attachRequested)
        }
        try insert(volume)
        return VolumeChange(volume: volume, actions: volume.machine.resumption)
    }

    /// Asks for more room, which the volume has when its state is no longer `extending`.
    ///
    /// - Throws: `conflict` in a state that does not allow it, and what `createVolume` throws.
    public func growVolume(
        _ id: VolumeID, to gibibytes: Int64, bounds: VolumeCapacity, room: Int64, in project: ProjectID, ports: Ports
    ) throws -> VolumeChange {
        var volume = try requiredVolume(id, in: project)
        try bounds.requireGrowth(from: volume.capacity, to: gibibytes, field: "new_size")
        try requireRoom(for: gibibytes - volume.capacity, of: room, field: "new_size")
        let actions = volume.machine.handle(.growRequested)
        guard !actions.isEmpty else { throw volume.refusal(of: "grow", when: "available, in-use or error_extending") }
        volume.wantedCapacity = gibibytes
        try reserveStretch(of: volume, gibibytes: gibibytes, at: ports.clock.now(), ports: ports)
        return try keep(&volume, actions, ports: ports)
    }

    /// Asks for a volume's end, with its data; from now on it costs nothing. Asked twice it is deleted once.
    ///
    /// - Parameter owner: whoever has the volume and asks; anybody else's volume in use is refused.
    public func deleteVolume(
        _ id: VolumeID, by owner: ResourceID? = nil, in project: ProjectID, ports: Ports
    ) throws -> VolumeChange {
        var volume = try requiredVolume(id, in: project)
        if let holder = volume.attachment, holder != owner {
            throw Fault(
                .conflict, "The volume belongs to \(holder), which uses it; delete that, and the volume goes with it.",
                field: "volume_id")
        }
        let actions = volume.machine.handle(.deleteRequested)
        return try keep(&volume, actions, ports: ports)
    }

    /// Gives a volume to a notebook, which has it when its state is `in-use`.
    public func attachVolume(
        _ id: VolumeID, to owner: ResourceID, in project: ProjectID, ports: Ports
    ) throws -> VolumeChange {
        var volume = try requiredVolume(id, in: project)
        if volume.attachment == owner, volume.machine.isAttached { return VolumeChange(volume: volume, actions: []) }
        guard volume.attachment ?? owner == owner else {
            throw volume.refusal(of: "be attached", when: "available")
        }
        let actions = volume.machine.handle(.attachRequested)
        guard volume.machine.isAttached else { throw volume.refusal(of: "be attached", when: "available") }
        volume.attachment = owner
        volume.attachedAt = ports.clock.now()
        return try keep(&volume, actions, ports: ports)
    }

    /// Takes a volume from the notebook that has it; its data stay.
    public func detachVolume(
        _ id: VolumeID, from owner: ResourceID, in project: ProjectID, ports: Ports
    ) throws -> VolumeChange {
        var volume = try requiredVolume(id, in: project)
        guard volume.attachment == owner else {
            throw Fault(.conflict, "The volume \(id) is not attached to \(owner).", field: "volume_id")
        }
        let actions = volume.machine.handle(.detachRequested)
        return try keep(&volume, actions, ports: ports)
    }

    /// Moves a volume's machine, meters what follows from it, and stores it.
    func apply(_ event: VolumeMachine.Event, to volume: inout Volume, ports: Ports) throws -> VolumeChange {
        let before = volume.machine
        let actions = volume.machine.handle(event)
        switch event {
        case .grown where before.state == .extending: volume.capacity = volume.wantedCapacity
        case .growthFailed where before.state == .extending: volume.wantedCapacity = volume.capacity
        default: break
        }
        try endJobs(of: volume.id, by: event, at: ports.clock.now())
        return try keep(&volume, actions, ports: ports)
    }

    private func keep(
        _ volume: inout Volume, _ actions: [VolumeMachine.Action], ports: Ports
    ) throws -> VolumeChange {
        let now = ports.clock.now()
        if !volume.machine.hasOwner {
            volume.attachment = nil
            volume.attachedAt = nil
        }
        try meterVolume(&volume, at: now, ports: ports)
        volume.updatedAt = now
        try update(volume)
        return VolumeChange(volume: volume, actions: actions)
    }

    private func requireRoom(for gibibytes: Int64, of room: Int64, field: String) throws {
        let left = max(0, room - (try promisedVolumeCapacity()))
        guard gibibytes <= left else {
            throw Fault(
                .doesNotFit,
                "The machine's disk has room for \(left) GB more, not for \(gibibytes) GB; ask for less, or delete "
                    + "volumes.", field: field)
        }
    }

    /// A volume of a project that is not deleted.
    public func requiredVolume(_ id: VolumeID, in project: ProjectID) throws -> Volume {
        guard let volume = try volume(id, in: project) else {
            throw Fault(.notFound, "There is no volume \(id) in this project.", field: "volume_id")
        }
        return volume
    }
}

extension Volume {
    fileprivate func refusal(of verb: String, when states: String) -> Fault {
        Fault(
            .conflict,
            "A volume can \(verb) when it is \(states); this one is \(machine.state.rawValue)"
                + (attachment.map { " for \($0)" } ?? "") + (machine.isDeletionWanted ? " and will be deleted." : "."),
            field: "volume_id")
    }
}

extension VolumeWish {
    /// Everything that is wrong with it by itself.
    func check(bounds: VolumeCapacity) throws(Faults) {
        var faults = Self.check(name: name, description: description)
        do { try bounds.require(capacity, field: "size") } catch { faults.append(error) }
        faults.require(
            metadata.count <= Limits.volumeMetadata
                && metadata.allSatisfy { pair in
                    [pair.name, pair.value].allSatisfy {
                        $0.unicodeScalars.count <= Limits.volumeMetadataCharacters
                    }
                },
            "There are at most \(Limits.volumeMetadata) pairs of at most \(Limits.volumeMetadataCharacters) "
                + "characters.", field: "metadata")
        try faults.check()
    }

    /// What is wrong with the names that people give.
    static func check(name: String, description: String) -> Faults {
        var faults = Faults()
        faults.require(
            name.unicodeScalars.count <= Limits.volumeNameCharacters,
            "The name has at most \(Limits.volumeNameCharacters) characters.", field: "name")
        faults.require(
            description.unicodeScalars.count <= Limits.volumeDescriptionCharacters,
            "The description has at most \(Limits.volumeDescriptionCharacters) characters.", field: "description")
        return faults
    }
}
