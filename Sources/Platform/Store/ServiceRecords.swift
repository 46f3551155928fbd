public import Identity
public import Kernel
public import Workloads

/// Services, their instances and what happened to them; one that is deleted is not there any more.
public protocol ServiceRecords {
    func insert(_ service: Service) throws
    /// Writes everything that can change of a service, save its counts.
    func update(_ service: Service) throws
    /// Adds to the counts of a service.
    func count(calls: Int64, failures: Int64, of service: ServiceID) throws
    func delete(_ service: ServiceID) throws
    func service(_ id: ServiceID) throws -> Service?
    func service(named name: String, in project: ProjectID) throws -> Service?
    /// Those of a project, the newest first; of all projects where it is nil.
    func services(in project: ProjectID?) throws -> [Service]
    func serviceCount(in project: ProjectID) throws -> Int
    /// The names of services that a model is deployed in, or that still run it.
    func services(using model: ModelID) throws -> [String]

    func insert(_ instance: ServiceInstance) throws
    /// Writes everything that can change of an instance.
    func update(_ instance: ServiceInstance) throws
    func delete(instance: AttemptID) throws
    func instance(attempt: AttemptID) throws -> ServiceInstance?
    /// Those of a service, the oldest first, ended ones among them.
    func instances(of service: ServiceID) throws -> [ServiceInstance]
    /// Instances in any of these steps, the oldest first.
    func instances(inSteps steps: [InstanceMachine.Step]) throws -> [ServiceInstance]

    /// Notes what became of an input of a batch.
    func append(_ item: BatchItem, of service: ServiceID) throws
    /// What has become of a batch's inputs so far, by source.
    func batchItems(of service: ServiceID) throws -> [BatchItem]
    func deleteBatchItems(of service: ServiceID) throws

    /// Adds to what a model of a service was asked in a minute.
    func add(_ counts: CallMinute, of service: ServiceID, model: ModelID, minute: Second) throws
    /// What a service was asked in the minutes that begin in a range, in order.
    func callMinutes(of service: ServiceID, in range: Range<Second>) throws -> [ServiceMinute]
    /// Forgets minutes that are old.
    func deleteCallMinutes(before minute: Second) throws

    func insert(_ key: ServiceKey) throws
    func delete(_ key: ServiceKeyID) throws
    /// Forgets temporary keys of a project that were over at a moment.
    func deleteServiceKeys(in project: ProjectID, expiredBy moment: Instant) throws
    func bind(_ key: ServiceKeyID, to service: ServiceID, isBound: Bool) throws
    func serviceKey(digest: String) throws -> ServiceKey?
    /// Those of a project, by name.
    func serviceKeys(in project: ProjectID) throws -> [ServiceKey]

    func append(_ event: ServiceEvent) throws
    /// What happened to a service, the newest first.
    func serviceEvents(of service: ServiceID, limit: Int) throws -> [ServiceEvent]
    func append(_ update: ServiceUpdate) throws
    /// The changes of a service, the newest first.
    func serviceUpdates(of service: ServiceID, limit: Int) throws -> [ServiceUpdate]

    /// Stores a version of a deployment, or when it was last brought back.
    func put(_ record: DeploymentRecord) throws
    /// The versions of a service's deployment, the newest first; of all its deployments where it is nil.
    func versions(of service: ServiceID, deployment: String?) throws -> [DeploymentRecord]
    func delete(_ version: DeploymentVersion, of service: ServiceID, deployment: String) throws

    func append(_ event: InstanceEvent) throws
    /// What happened to an instance, the oldest first.
    func instanceEvents(of attempt: AttemptID) throws -> [InstanceEvent]

    func append(_ event: ScalingEvent) throws
    /// What a deployment's scaling did, the newest first.
    func scalingEvents(of service: ServiceID, deployment: String) throws -> [ScalingEvent]
}

/// A version of a deployment: what it runs, and when that was made.
public struct DeploymentRecord: Hashable, Sendable {
    public let service: ServiceID
    /// The deployment as it was defined; its version stands in it.
    public let config: ServiceConfig
    public let createdAt: Instant
    /// When it came into force last.
    public var updatedAt: Instant

    public init(service: ServiceID, config: ServiceConfig, createdAt: Instant, updatedAt: Instant) {
        self.service = service
        self.config = config
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }
}

/// Something that happened to an instance of a service.
public struct InstanceEvent: Hashable, Sendable {
    public let attempt: AttemptID
    public let at: Instant
    public let isProblem: Bool
    /// One word for it.
    public let reason: String
    public let text: String

    public init(attempt: AttemptID, at: Instant, isProblem: Bool, reason: String, text: String) {
        self.attempt = attempt
        self.at = at
        self.isProblem = isProblem
        self.reason = reason
        self.text = text
    }
}

/// That a deployment was given another number of instances by its policy.
public struct ScalingEvent: Hashable, Sendable {
    public let service: ServiceID
    public let deployment: String
    public let at: Instant
    public let before: Int64
    /// How many its policy wanted.
    public let wanted: Int64
    /// How many it got.
    public let after: Int64
    public let text: String

    public init(
        service: ServiceID, deployment: String, at: Instant, before: Int64, wanted: Int64, after: Int64, text: String
    ) {
        self.service = service
        self.deployment = deployment
        self.at = at
        self.before = before
        self.wanted = wanted
        self.after = after
        self.text = text
    }
}

/// What became of one input of a batch.
public struct BatchItem: Hashable, Sendable {
    /// The object that was read.
    public let source: String
    public let isSuccess: Bool
    /// The object that holds the answer; empty where there is none.
    public let location: String
    public let error: String

    public init(source: String, isSuccess: Bool, location: String = "", error: String = "") {
        self.source = source
        self.isSuccess = isSuccess
        self.location = location
        self.error = error
    }
}

/// What one model of a service was asked in one minute.
public struct ServiceMinute: Hashable, Sendable {
    public let minute: Second
    public let model: ModelID
    public let counts: CallMinute

    public init(minute: Second, model: ModelID, counts: CallMinute) {
        self.minute = minute
        self.model = model
        self.counts = counts
    }
}

/// Something that happened to a service.
public struct ServiceEvent: Hashable, Sendable {
    public let service: ServiceID
    public let at: Instant
    public let isProblem: Bool
    public let text: String

    public init(service: ServiceID, at: Instant, isProblem: Bool = false, text: String) {
        self.service = service
        self.at = at
        self.isProblem = isProblem
        self.text = text
    }
}

/// A change of what a service runs, and what came of it.
public struct ServiceUpdate: Hashable, Sendable {
    public let service: ServiceID
    public let at: Instant
    public let isSuccess: Bool
    public let configs: [ServiceConfig]

    public init(service: ServiceID, at: Instant, isSuccess: Bool, configs: [ServiceConfig]) {
        self.service = service
        self.at = at
        self.isSuccess = isSuccess
        self.configs = configs
    }
}
