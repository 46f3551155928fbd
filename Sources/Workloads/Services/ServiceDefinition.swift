public import Kernel
public import Pricing

/// What a user asks to be deployed: models, how calls are shared out among them, and on what they run.
public struct ServiceDefinition: Hashable, Sendable {
    public var name: String
    public var description: String
    public let workspace: String
    public var configs: [ServiceConfig]
    /// Seconds after its start at which it stops by itself; nil where it does not.
    public var stopAfterSeconds: Int64?
    public var limits: ServiceLimits
    /// What it goes through, where it is a batch service; nobody calls it then.
    public let batch: BatchWork?

    public init(
        name: String, description: String = "", workspace: String = "0", configs: [ServiceConfig],
        stopAfterSeconds: Int64? = nil, limits: ServiceLimits = ServiceLimits(), batch: BatchWork? = nil
    ) {
        self.name = name
        self.description = description
        self.workspace = workspace
        self.configs = configs
        self.stopAfterSeconds = stopAfterSeconds
        self.limits = limits
        self.batch = batch
    }

    /// `real-time` or `batch`.
    public var kind: String { batch == nil ? "real-time" : "batch" }

    /// The instances that it has in all.
    public var instanceCount: Int64 { configs.reduce(0) { $0 + $1.instanceCount } }
}

/// One model of a service and what it runs on.
public struct ServiceConfig: Hashable, Sendable {
    /// The model's id.
    public let model: String
    /// Calls of each hundred that it gets.
    public var weight: Int64
    public let flavor: FlavorID
    public var instanceCount: Int64
    public let environments: [NamedText]
    /// Seconds in which an instance must answer after its start.
    public let startSeconds: Int64
    /// How many instances it has by itself; nil where that is as it was told.
    public var scaling: ScalingPolicy?
    /// What the second API calls it as a deployment; empty where it came by the first.
    public let name: String
    /// The dedicated pool it runs on; nil for the public one.
    public var pool: PoolID?
    /// What its user says of it as a deployment.
    public let description: String
    /// Which version of its deployment it is.
    public var version: DeploymentVersion

    public init(
        model: String, weight: Int64, flavor: FlavorID, instanceCount: Int64, environments: [NamedText] = [],
        startSeconds: Int64 = Self.standardStartSeconds, scaling: ScalingPolicy? = nil, name: String = "",
        description: String = "", version: DeploymentVersion = .first, pool: PoolID? = nil
    ) {
        self.model = model
        self.weight = weight
        self.flavor = flavor
        self.instanceCount = instanceCount
        self.environments = environments
        self.startSeconds = startSeconds
        self.scaling = scaling
        self.name = name
        self.pool = pool
        self.description = description
        self.version = version
    }

    /// ModelArts waits 20 minutes.
    public static let standardStartSeconds: Int64 = 1_200

    /// What an instance runs: an update leaves alone what runs the same.
    public var run: Run { Run(model: model, flavor: flavor, environments: environments, pool: pool) }

    public struct Run: Hashable, Sendable {
        public let model: String
        public let flavor: FlavorID
        public let environments: [NamedText]
        public let pool: PoolID?

        public init(model: String, flavor: FlavorID, environments: [NamedText], pool: PoolID? = nil) {
            self.model = model
            self.flavor = flavor
            self.environments = environments
            self.pool = pool
        }
    }
}

/// How much a service is asked at most; nil where there is no limit of its own.
public struct ServiceLimits: Hashable, Sendable {
    /// Calls that begin in one second.
    public var callsPerSecond: Int64?
    /// Calls that are being answered at the same time.
    public var concurrency: Int64?
    /// Seconds until an answer begins.
    public var answerSeconds: Int64?
    /// Bytes of a call's body.
    public var bodyBytes: Int64?

    public init(
        callsPerSecond: Int64? = nil, concurrency: Int64? = nil, answerSeconds: Int64? = nil, bodyBytes: Int64? = nil
    ) {
        self.callsPerSecond = callsPerSecond
        self.concurrency = concurrency
        self.answerSeconds = answerSeconds
        self.bodyBytes = bodyBytes
    }
}

/// What is to be changed of a service; nil leaves a thing as it is.
public struct ServiceChange: Hashable, Sendable {
    public var description: String?
    public var status: Status?
    public var configs: [ServiceConfig]?
    /// Seconds after which it stops by itself, from the change on; `.some(nil)` takes the schedule away.
    public var stopAfterSeconds: Int64??
    public var limits: ServiceLimits?

    public enum Status: String, Hashable, Sendable, CaseIterable { case running, stopped }

    public init(
        description: String? = nil, status: Status? = nil, configs: [ServiceConfig]? = nil,
        stopAfterSeconds: Int64?? = nil, limits: ServiceLimits? = nil
    ) {
        self.description = description
        self.status = status
        self.configs = configs
        self.stopAfterSeconds = stopAfterSeconds
        self.limits = limits
    }
}
