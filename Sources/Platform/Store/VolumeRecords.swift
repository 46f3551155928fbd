public import Identity
public import Kernel
public import Metering
public import Pricing
public import Workloads

/// Volumes, the jobs that EVS makes of changes to them, and the keys of requests that count once.
public protocol VolumeRecords {
    func insert(_ volume: Volume) throws
    /// Writes everything that can change of a volume.
    func update(_ volume: Volume) throws
    /// A volume of a project; deleted ones are not found.
    func volume(_ id: VolumeID, in project: ProjectID) throws -> Volume?
    /// A volume by id alone, deleted or not.
    func volume(_ id: VolumeID) throws -> Volume?
    func volumes(_ query: VolumeQuery) throws -> Page<Volume>
    /// The volumes of whoever has them, such as a notebook.
    func volumes(of attachment: ResourceID) throws -> [Volume]
    /// Volumes of all accounts that are in any of these states, the oldest first.
    func volumes(inStates states: [VolumeMachine.State]) throws -> [Volume]
    /// How many volumes a project has.
    func volumeCount(in project: ProjectID) throws -> Int
    /// GiB that all volumes of all accounts have or were promised.
    func promisedVolumeCapacity() throws -> Int64

    func insert(_ job: VolumeJob) throws
    func volumeJob(_ id: VolumeJobID, in project: ProjectID) throws -> VolumeJob?
    /// The jobs of a request for several volumes.
    func volumeJobs(of parent: VolumeJobID) throws -> [VolumeJob]
    /// A job of a volume that has not ended.
    func openVolumeJob(of volume: VolumeID, kind: VolumeJob.Kind) throws -> VolumeJob?
    /// Ends the jobs of one kind that go on for a volume.
    func endVolumeJobs(of volume: VolumeID, kind: VolumeJob.Kind, at: Instant, failure: String?) throws

    /// Remembers the key of a request and its answer, for ever.
    func insert(_ key: RequestKey, answer: String, at: Instant) throws
    /// What a key was used for; nil where it is new.
    func requestKey(_ token: String, in project: ProjectID) throws -> (content: String, answer: String)?
}

/// Which volumes are wanted; nil means any.
public struct VolumeQuery: Hashable, Sendable {
    public var project: ProjectID
    public var ids: [VolumeID]?
    /// Text that the name must contain.
    public var nameContains: String?
    public var state: VolumeMachine.State?
    public var type: FlavorID?
    public var zone: String?
    public var attachment: ResourceID?
    /// Only volumes behind this one in the order of the list.
    public var after: VolumeID?
    public var order: Order
    public var isAscending: Bool
    public var page: PageRequest

    public enum Order: String, Hashable, Sendable, CaseIterable {
        case id
        case state = "status"
        case capacity = "size"
        case creation = "created_at"
        case name
    }

    public init(
        project: ProjectID, ids: [VolumeID]? = nil, nameContains: String? = nil, state: VolumeMachine.State? = nil,
        type: FlavorID? = nil, zone: String? = nil, attachment: ResourceID? = nil, after: VolumeID? = nil,
        order: Order = .creation, isAscending: Bool = false, page: PageRequest
    ) {
        self.project = project
        self.ids = ids
        self.nameContains = nameContains
        self.state = state
        self.type = type
        self.zone = zone
        self.attachment = attachment
        self.after = after
        self.order = order
        self.isAscending = isAscending
        self.page = page
    }
}
