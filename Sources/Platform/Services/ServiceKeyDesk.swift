public import Identity
public import Kernel
import Workloads

/// Makes, lists, binds and deletes keys of services.
public struct ServiceKeyDesk: Sendable {
    private let ports: Ports

    public init(_ ports: Ports) { self.ports = ports }

    /// A key, and its text, which nobody can read again.
    public func create(
        name: String, description: String, scope: ServiceKey.Scope, in project: Project, caller: Caller
    ) async throws -> (key: ServiceKey, text: String) {
        try caller.require(.write, in: Identity.Scope(project))
        let ports = self.ports
        let text = ServiceKey.prefix + ports.secrets.makeToken().text
        let key = ServiceKey(
            id: ports.identifiers.uuid(), account: project.account, project: project.id, user: caller.user, name: name,
            description: description, scope: scope, digest: ports.secrets.digest(ofToken: text),
            createdAt: ports.clock.now())
        try await ports.store.write { transaction in
            let keys = try transaction.serviceKeys(in: project.id).filter { $0.expiresAt == nil }
            guard !keys.contains(where: { $0.name == name }) else {
                throw Fault(.duplicateName, "The project has a key named \(name) already.", field: "name")
            }
            guard keys.count < Limits.serviceKeys else {
                throw Fault(.quotaExceeded, "The project has \(Limits.serviceKeys) keys; delete some nobody needs.")
            }
            try transaction.insert(key)
        }
        return (key, text)
    }

    /// A key that opens every service of the project until its time is over, by the host's clock as tokens' are, and
    /// its text.
    public func createTemporary(
        seconds: Int64, in project: Project, caller: Caller
    ) async throws -> (key: ServiceKey, text: String) {
        try caller.require(.write, in: Identity.Scope(project))
        let ports = self.ports
        let text = ServiceKey.prefix + ports.secrets.makeToken().text
        let now = ports.hostClock.now()
        let id: ServiceKeyID = ports.identifiers.uuid()
        let key = ServiceKey(
            id: id, account: project.account, project: project.id, user: caller.user, name: "temporary-\(id)",
            description: "", scope: .user, digest: ports.secrets.digest(ofToken: text), createdAt: now,
            expiresAt: now.advanced(milliseconds: seconds * 1_000))
        try await ports.store.write { transaction in
            try transaction.deleteServiceKeys(in: project.id, expiredBy: now)
            let keys = try transaction.serviceKeys(in: project.id).filter { $0.expiresAt != nil }
            guard keys.count < Limits.temporaryServiceKeys else {
                throw Fault(
                    .quotaExceeded,
                    "The project has \(Limits.temporaryServiceKeys) temporary keys; delete some, or wait for their end."
                )
            }
            try transaction.insert(key)
        }
        return (key, text)
    }

    /// The keys of a project, by name; those that are over are none.
    public func list(in project: Project, caller: Caller) async throws -> [ServiceKey] {
        try caller.require(.read, in: Identity.Scope(project))
        let now = ports.hostClock.now()
        return try await ports.store.read { try $0.serviceKeys(in: project.id) }.filter { key in
            key.expiresAt.map { $0 > now } ?? true
        }
    }

    /// Deletes a key; it opens nothing some seconds later at the latest.
    public func delete(_ id: ServiceKeyID, in project: Project, caller: Caller) async throws -> ServiceKey {
        try caller.require(.write, in: Identity.Scope(project))
        return try await ports.store.write { transaction in
            let key = try transaction.requiredKey(id, in: project.id)
            try transaction.delete(id)
            return key
        }
    }

    /// Lets a key open a service, or no more.
    public func bind(
        _ id: ServiceKeyID, to service: ServiceID, isBound: Bool, in project: Project, caller: Caller
    ) async throws -> ServiceKey {
        try caller.require(.write, in: Identity.Scope(project))
        return try await ports.store.write { transaction in
            let key = try transaction.requiredKey(id, in: project.id)
            _ = try transaction.requiredService(service, in: project.id)
            return try transaction.bound(key, to: service, isBound: isBound)
        }
    }

    /// What became of each of some keys.
    public struct Outcome: Sendable {
        public var done: [ServiceKey] = []
        public var failed: [(id: ServiceKeyID, why: Fault)] = []
    }

    /// Lets keys open a service, or no more, each by itself.
    ///
    /// - Throws: `notFound` where the project has no such service.
    public func bind(
        _ ids: [ServiceKeyID], to service: ServiceID, isBound: Bool, in project: Project, caller: Caller
    ) async throws -> Outcome {
        try caller.require(.write, in: Identity.Scope(project))
        return try await ports.store.write { transaction in
            _ = try transaction.requiredService(service, in: project.id)
            var outcome = Outcome()
            for id in ids {
                do {
                    let key = try transaction.requiredKey(id, in: project.id)
                    outcome.done.append(try transaction.bound(key, to: service, isBound: isBound))
                } catch let fault as Fault where fault.code.status < 500 {
                    outcome.failed.append((id, fault))
                }
            }
            return outcome
        }
    }

    /// The names of services of a project, for keys that are bound to them.
    public func serviceNames(in project: Project, caller: Caller) async throws -> [ServiceID: String] {
        try caller.require(.read, in: Identity.Scope(project))
        let services = try await ports.store.read { try $0.services(in: project.id) }
        return Dictionary(services.map { ($0.id, $0.definition.name) }) { first, _ in first }
    }
}

extension StoreTransaction {
    fileprivate func requiredKey(_ id: ServiceKeyID, in project: ProjectID) throws -> ServiceKey {
        guard let key = try serviceKeys(in: project).first(where: { $0.id == id }) else {
            throw Fault(.notFound, "There is no key \(id) in this project.", field: "key_id")
        }
        return key
    }

    fileprivate func bound(_ key: ServiceKey, to service: ServiceID, isBound: Bool) throws -> ServiceKey {
        guard key.scope == .service else {
            throw Fault(.conflict, "The key \(key.name) opens every service of its project; none is bound to it.")
        }
        try bind(key.id, to: service, isBound: isBound)
        return try requiredKey(key.id, in: key.project)
    }
}
