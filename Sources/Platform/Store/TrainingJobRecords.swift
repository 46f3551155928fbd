public import Identity
public import Kernel
public import Workloads

/// Training jobs, their place on the pool, and what happened to them.
public protocol TrainingJobRecords {
    func insert(_ job: TrainingJob) throws
    /// Writes everything that can change of a job.
    func update(_ job: TrainingJob) throws
    /// A job of a project; deleted ones are not found.
    func trainingJob(_ id: TrainingJobID, in project: ProjectID) throws -> TrainingJob?
    /// A job by id alone, deleted or not, for the supervisor.
    func trainingJob(_ id: TrainingJobID) throws -> TrainingJob?
    func trainingJob(attempt: AttemptID) throws -> TrainingJob?
    func trainingJobs(_ query: TrainingJobQuery) throws -> Page<TrainingJob>
    /// Whether a project has a job of this name that is not deleted.
    func hasTrainingJob(named name: String, in project: ProjectID) throws -> Bool

    /// Jobs that have not ended and are in any of these steps, the oldest first.
    func trainingJobs(
        inSteps steps: [TrainingJobMachine.Step], pool: PoolFilter, limit: Int
    ) throws -> [TrainingJob]
    /// The dedicated pools for which jobs wait; nil among them is the public pool.
    func poolsWithQueue() throws -> [PoolID?]
    /// How many jobs of a project are not ended.
    func activeTrainingJobs(in project: ProjectID) throws -> Int
    /// How many jobs wait in front of this one for the same pool.
    func queuePosition(of job: TrainingJobID) throws -> Int

    func append(_ event: TrainingJobEvent) throws
    /// What happened to a job, oldest first.
    func events(of job: TrainingJobID, page: PageRequest) throws -> Page<TrainingJobEvent>
}

extension TrainingJobRecords {
    /// The same on all pools.
    public func trainingJobs(inSteps steps: [TrainingJobMachine.Step], limit: Int) throws -> [TrainingJob] {
        try trainingJobs(inSteps: steps, pool: .any, limit: limit)
    }
}

/// The key on which a search of jobs is ordered or narrowed.
public struct TrainingJobQuery: Hashable, Sendable {
    public var project: ProjectID
    /// Text that the name must contain.
    public var nameContains: String?
    public var ids: [TrainingJobID]?
    /// Phases as the API names them.
    public var phases: [TrainingJobMachine.Phase]?
    public var createdAfter: Instant?
    public var createdBefore: Instant?
    public var user: String?
    public var flavor: String?
    /// By creation time unless by name.
    public var isSortedByName: Bool
    public var isAscending: Bool
    public var page: PageRequest

    public init(
        project: ProjectID, nameContains: String? = nil, ids: [TrainingJobID]? = nil,
        phases: [TrainingJobMachine.Phase]? = nil, createdAfter: Instant? = nil, createdBefore: Instant? = nil,
        user: String? = nil, flavor: String? = nil, isSortedByName: Bool = false, isAscending: Bool = false,
        page: PageRequest
    ) {
        self.project = project
        self.nameContains = nameContains
        self.ids = ids
        self.phases = phases
        self.createdAfter = createdAfter
        self.createdBefore = createdBefore
        self.user = user
        self.flavor = flavor
        self.isSortedByName = isSortedByName
        self.isAscending = isAscending
        self.page = page
    }
}
