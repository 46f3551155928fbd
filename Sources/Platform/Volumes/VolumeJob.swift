public import Identity
public import Kernel
import Workloads

/// What EVS makes of a request that takes time: a job that clients ask for until it has ended.
public struct VolumeJob: Hashable, Sendable {
    public let id: VolumeJobID
    public let project: ProjectID
    /// The job of the whole request, where it is for several volumes.
    public let parent: VolumeJobID?
    public let kind: Kind
    /// Nil for the job of a whole request.
    public let volume: VolumeID?
    public let begunAt: Instant
    public let endedAt: Instant?
    /// Why it failed; nil where it did not.
    public let failure: String?

    public enum Kind: String, Hashable, Sendable, CaseIterable {
        case create = "createVolume"
        case createSeveral = "batchCreateVolume"
        case extend = "extendVolume"
        case delete = "deleteVolume"
    }

    /// EVS's words for where a job stands.
    public enum Status: String, Hashable, Sendable { case running = "RUNNING", success = "SUCCESS", fail = "FAIL" }

    public init(
        id: VolumeJobID, project: ProjectID, parent: VolumeJobID? = nil, kind: Kind, volume: VolumeID?,
        begunAt: Instant, endedAt: Instant? = nil, failure: String? = nil
    ) {
        self.id = id
        self.project = project
        self.parent = parent
        self.kind = kind
        self.volume = volume
        self.begunAt = begunAt
        self.endedAt = endedAt
        self.failure = failure
    }

    public var status: Status { endedAt == nil ? .running : failure == nil ? .success : .fail }
}

public typealias VolumeJobID = Identifier<VolumeJob>

/// A job, its volume, and the jobs of its volumes where it is for several.
public struct VolumeJobReport: Sendable {
    public let job: VolumeJob
    public let volume: Volume?
    public let parts: [VolumeJobReport]

    public var status: VolumeJob.Status {
        let all = parts.map(\.status)
        if parts.isEmpty { return job.status }
        return all.contains(.running) ? .running : all.contains(.fail) ? .fail : .success
    }

    /// When the last of it ended.
    public var endedAt: Instant? {
        if parts.isEmpty { return job.endedAt }
        return status == .running ? nil : parts.compactMap(\.endedAt).max()
    }

    public var failure: String? {
        parts.isEmpty ? job.failure : parts.compactMap(\.failure).first
    }
}

/// A key that a caller put on a request, so that the same request sent again counts once.
public struct RequestKey: Hashable, Sendable {
    public let project: ProjectID
    public let token: String
    /// A digest of what was asked for.
    public let content: String

    public init(project: ProjectID, token: String, content: String) {
        self.project = project
        self.token = token
        self.content = content
    }
}

extension StoreTransaction {
    /// Makes a job for each change; one for the whole where there are several.
    func insertJobs(
        _ kind: VolumeJob.Kind, whole: VolumeJob.Kind, of volumes: [VolumeID], in project: ProjectID, ports: Ports
    ) throws -> VolumeJob {
        let now = ports.clock.now()
        func make(_ kind: VolumeJob.Kind, _ volume: VolumeID?, _ parent: VolumeJobID?) throws -> VolumeJob {
            let job = VolumeJob(
                id: ports.identifiers.hexadecimal(), project: project, parent: parent, kind: kind, volume: volume,
                begunAt: now)
            try insert(job)
            return job
        }
        if volumes.count == 1 { return try make(kind, volumes[0], nil) }
        let parent = try make(whole, nil, nil)
        for volume in volumes { _ = try make(kind, volume, parent.id) }
        return parent
    }

    /// Ends the jobs that an event on a volume decides.
    func endJobs(of volume: VolumeID, by event: VolumeMachine.Event, at now: Instant) throws {
        let (kind, failure): (VolumeJob.Kind, String?)
        switch event {
        case .created: (kind, failure) = (.create, nil)
        case .creationFailed(let message): (kind, failure) = (.create, message)
        case .grown: (kind, failure) = (.extend, nil)
        case .growthFailed(let message): (kind, failure) = (.extend, message)
        case .removed: (kind, failure) = (.delete, nil)
        case .removalFailed(let message): (kind, failure) = (.delete, message)
        case .attachRequested, .mounted, .mountFailed, .detachRequested, .unmounted, .unmountFailed, .growRequested,
            .deleteRequested:
            return
        }
        try endVolumeJobs(of: volume, kind: kind, at: now, failure: failure)
    }
}
