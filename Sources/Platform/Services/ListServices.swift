public import Identity
public import Kernel
import Pricing
import Workloads

/// Shows services of a project, and what happened to them.
public struct ListServices: Sendable {
    private let ports: Ports
    private let routes: ServiceRoutes

    public init(_ ports: Ports, routes: ServiceRoutes) {
        self.ports = ports
        self.routes = routes
    }

    /// Every service, the newest first.
    public func callAsFunction(in project: Project, caller: Caller) async throws -> [ServiceState] {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            try transaction.services(in: project.id).map(transaction.state)
        }
    }

    /// One service, or `notFound` where the project has none of this id.
    public func callAsFunction(_ id: ServiceID, in project: Project, caller: Caller) async throws -> ServiceState {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            try transaction.state(transaction.requiredService(id, in: project.id))
        }
    }

    /// The models of services, by id, for their names and versions.
    public func models(of services: [ServiceState]) async throws -> [ModelID: Model] {
        try await models(named: services.flatMap { $0.service.definition.configs + $0.service.served }.map(\.model))
    }

    /// Models by their ids; those that are deleted are not among them.
    public func models(named names: [String]) async throws -> [ModelID: Model] {
        let ids = Set(names.map { ModelID($0) })
        return try await ports.store.read { transaction in
            try ids.reduce(into: [:]) { models, id in models[id] = try transaction.model(id) }
        }
    }

    public func events(of id: ServiceID, in project: Project, caller: Caller) async throws -> [ServiceEvent] {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            _ = try transaction.requiredService(id, in: project.id)
            return try transaction.serviceEvents(of: id, limit: Limits.serviceEvents)
        }
    }

    public func updates(of id: ServiceID, in project: Project, caller: Caller) async throws -> [ServiceUpdate] {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            _ = try transaction.requiredService(id, in: project.id)
            return try transaction.serviceUpdates(of: id, limit: Limits.serviceEvents)
        }
    }

    /// What a service was asked in the last so many seconds, a minute and a model at a time.
    public func minutes(
        of id: ServiceID, last seconds: Int64, in project: Project, caller: Caller
    ) async throws -> [ServiceMinute] {
        try caller.require(.read, in: Scope(project))
        let end = ports.clock.now().second + 1
        return try await ports.store.read { transaction in
            _ = try transaction.requiredService(id, in: project.id)
            return try transaction.callMinutes(of: id, in: (end - seconds).minute..<end)
        }
    }

    /// What happened to an instance, the oldest first.
    public func events(ofInstance attempt: AttemptID) async throws -> [InstanceEvent] {
        try await ports.store.read { try $0.instanceEvents(of: attempt) }
    }

    /// What a deployment's scaling did, the newest first.
    public func scalingEvents(
        of id: ServiceID, deployment: String, in project: Project, caller: Caller
    ) async throws -> [ScalingEvent] {
        try caller.require(.read, in: Scope(project))
        return try await ports.store.read { transaction in
            _ = try transaction.requiredService(id, in: project.id)
            return try transaction.scalingEvents(of: id, deployment: deployment)
        }
    }

    /// The calls of a service that its stored counts do not have yet.
    public func recentCounts(of id: ServiceID) -> (calls: Int64, failures: Int64) {
        routes.route(id)?.recentCounts() ?? (0, 0)
    }

    /// A piece of what an instance wrote; the newest one's where none is named.
    public func log(
        of id: ServiceID, instance: AttemptID?, from offset: Int64, limit: Int, in project: Project, caller: Caller
    ) async throws -> (piece: LogPiece, isFinal: Bool) {
        try caller.require(.read, in: Scope(project))
        let state = try await ports.store.read { transaction in
            try transaction.state(transaction.requiredService(id, in: project.id))
        }
        guard let found = state.instances.last(where: { instance == nil || $0.attempt == instance }) else {
            throw Fault(.notFound, "The service has no such instance; its log goes some time after its end.")
        }
        guard found.machine.step != .queued else {
            throw Fault(.conflict, "The instance waits for its place on the pool; it has written nothing yet.")
        }
        return (
            try await ports.executor.log(found.attempt, from: offset, limit: limit), found.machine.step == .ended
        )
    }
}

extension StoreTransaction {
    /// A service with its instances.
    func state(_ service: Service) throws -> ServiceState {
        ServiceState(service: service, instances: try instances(of: service.id))
    }
}
