public import Identity
public import Kernel
public import Workloads

/// Makes volumes that belong to nobody yet.
public struct CreateVolume: Sendable {
    private let ports: Ports
    private let supervisor: VolumeSupervisor

    public init(_ ports: Ports, supervisor: VolumeSupervisor) {
        self.ports = ports
        self.supervisor = supervisor
    }

    /// What a request made: its job, and the volumes, which are there when their state is `available`.
    public struct Taken: Sendable {
        public let job: VolumeJobID
        public let volumes: [VolumeID]
    }

    /// - Parameters:
    ///   - count: how many volumes; several are numbered by their names.
    ///   - key: of a request that counts once; `conflict` where it was used for something else.
    public func callAsFunction(
        _ wish: VolumeWish, count: Int = 1, key: RequestKey? = nil, bounds: VolumeCapacity = .dataDisk,
        in project: Project, caller: Caller
    ) async throws -> Taken {
        try caller.require(.write, in: Scope(project))
        try Self.check(count: count, key: key)
        let ports = self.ports
        let room = try await ports.volumes.capacity()
        let ids: [VolumeID] = (0..<count).map { _ in ports.identifiers.uuid() }
        let (taken, changes): (Taken, [VolumeChange]) = try await ports.store.write { transaction in
            if let key, let earlier = try transaction.earlier(of: key) { return (earlier, []) }
            let changes = try ids.enumerated().map { index, id in
                try transaction.createVolume(
                    wish.numbered(index, of: count), id: id, bounds: bounds, room: room, in: project, caller: caller,
                    ports: ports)
            }
            let job = try transaction.insertJobs(
                .create, whole: .createSeveral, of: ids, in: project.id, ports: ports)
            if let key { try transaction.insert(key, answer: job.id.text, at: ports.clock.now()) }
            return (Taken(job: job.id, volumes: ids), changes)
        }
        for change in changes { supervisor.carryOut(change) }
        return taken
    }

    private static func check(count: Int, key: RequestKey?) throws(Fault) {
        guard (1...Limits.volumesInRequest).contains(count) else {
            throw Fault(
                .invalidParameter, "One request makes 1 to \(Limits.volumesInRequest) volumes.", field: "count")
        }
        if let key, !(1...128).contains(key.token.utf8.count) {
            throw Fault(.invalidParameter, "The token has 1 to 128 bytes.", field: "X-Client-Token")
        }
    }
}

extension VolumeWish {
    /// One of several has a number behind its name. Source: `CreateVolumeOption.count`, `-0001`.
    fileprivate func numbered(_ index: Int, of count: Int) -> VolumeWish {
        guard count > 1 else { return self }
        var wish = self
        let number = String(index + 1)
        wish.name += "-" + String(repeating: "0", count: max(0, 4 - number.utf8.count)) + number
        return wish
    }
}

extension StoreTransaction {
    fileprivate func earlier(of key: RequestKey) throws -> CreateVolume.Taken? {
        guard let known = try requestKey(key.token, in: key.project) else { return nil }
        guard known.content == key.content else {
            throw Fault(
                .conflict, "The token \(key.token) was used for another request; take a new one.",
                field: "X-Client-Token")
        }
        let id = VolumeJobID(known.answer)
        let volumes = try volumeJobs(of: id).compactMap(\.volume)
        let own = try volumeJob(id, in: key.project)?.volume.map { [$0] } ?? []
        return CreateVolume.Taken(job: id, volumes: volumes + own)
    }
}
