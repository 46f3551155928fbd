public import Identity
public import Kernel
public import Metering
public import Workloads

/// A service: models behind one address, and what is wanted of it.
public struct Service: Hashable, Sendable {
    public let id: ServiceID
    public let account: AccountID
    public let project: ProjectID
    public let user: UserID
    public let createdAt: Instant
    public var updatedAt: Instant
    /// What it is to be.
    public var definition: ServiceDefinition
    /// What gets its calls: the configs that were ready last.
    public var served: [ServiceConfig]
    public var wish: Wish
    /// Why it is as it is, for people; empty where there is nothing to say.
    public var reason: String
    /// When it was last asked to run.
    public var begunAt: Instant?
    /// When it stops by itself.
    public var stopAt: Instant?
    /// Calls that were answered, and those that were not, since it was made.
    public var calls: Int64
    public var failures: Int64
    /// The status that its last event of one tells.
    public var told: String

    /// What is wanted of it.
    public enum Wish: String, Hashable, Sendable, CaseIterable {
        case running, stopped
        /// A batch that has gone through everything.
        case finished
        /// It came to nothing and is tried no more.
        case failed
        case deleted
    }

    public init(
        id: ServiceID, account: AccountID, project: ProjectID, user: UserID, createdAt: Instant, updatedAt: Instant,
        definition: ServiceDefinition, served: [ServiceConfig] = [], wish: Wish = .running, reason: String = "",
        begunAt: Instant? = nil, stopAt: Instant? = nil, calls: Int64 = 0, failures: Int64 = 0,
        told: String = ""
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.user = user
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.definition = definition
        self.served = served
        self.wish = wish
        self.reason = reason
        self.begunAt = begunAt
        self.stopAt = stopAt
        self.calls = calls
        self.failures = failures
        self.told = told
    }

    /// What its bill names.
    public var resource: ResourceID { ResourceID(id.text) }

    /// Whether it is defined with a version of a deployment, or still answers with it.
    func names(_ version: ServiceConfig) -> Bool {
        (definition.configs + served).contains {
            $0.deployment == version.deployment && $0.version == version.version
        }
    }

    /// Sets it going, and its clock of stopping by itself.
    mutating func begin(at now: Instant) {
        (wish, reason, begunAt) = (.running, "", now)
        stopAt = definition.stopAfterSeconds.map { now.advanced(milliseconds: $0 * 1_000) }
    }
}

public typealias ServiceID = Identifier<Service>

/// A service with its instances, and its status of both.
public struct ServiceState: Sendable {
    public let service: Service
    /// The oldest first, with the last ones that have ended.
    public let instances: [ServiceInstance]

    public init(service: Service, instances: [ServiceInstance]) {
        self.service = service
        self.instances = instances
    }

    /// As ModelArts names them on the wire.
    public enum Status: String, Hashable, Sendable, CaseIterable {
        case deploying, running, concerning, failed, stopping, stopped, finished, deleting, pending
    }

    /// Those that are not over.
    public var live: [ServiceInstance] { instances.filter { $0.machine.step != .ended } }

    public var status: Status {
        switch service.wish {
        case .deleted: return .deleting
        case .stopped: return live.isEmpty ? .stopped : .stopping
        case .failed: return .failed
        case .finished: return live.isEmpty ? .finished : .running
        case .running: break
        }
        let wanted = service.definition.configs
        let ready = wanted.map { config in Int64(self.ready(config.run)) }
        let isWhole = zip(wanted, ready).allSatisfy { $0.instanceCount <= $1 }
        if isWhole { return .running }
        // One that scales by itself is on its way up whenever it is asked for more.
        let scales = zip(wanted, ready).contains { $0.scaling != nil && $1 > 0 }
        if scales, service.served == wanted { return .running }
        if service.served.isEmpty || service.served != wanted {
            return live.contains { $0.machine.step == .queued } && !live.contains { $0.isOnTheWay }
                ? .pending : .deploying
        }
        return ready.contains { $0 > 0 } ? .concerning : .deploying
    }

    /// How many instances of a run get calls.
    public func ready(_ run: ServiceConfig.Run) -> Int {
        instances.count { $0.run == run && $0.machine.step == .ready }
    }

    /// How far a deployment is, of a hundred.
    public var progress: Int {
        let wanted = service.definition.instanceCount
        guard wanted > 0 else { return 100 }
        let ready = service.definition.configs.reduce(0) { $0 + min(Int($1.instanceCount), self.ready($1.run)) }
        return ready * 100 / Int(wanted)
    }
}
