public import Identity
public import Kernel

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
            let keys = try transaction.serviceKeys(in: project.id)
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

    /// The keys of a project, by name.
    public func list(in project: Project, caller: Caller) async throws -> [ServiceKey] {
        try caller.require(.read, in: Identity.Scope(project))
        return try await ports.store.read { try $0.serviceKeys(in: project.id) }
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
            guard key.scope == .service else {
                throw Fault(.conflict, "The key \(key.name) opens every service of its project; none is bound to it.")
            }
            try transaction.bind(id, to: service, isBound: isBound)
            return try transaction.requiredKey(id, in: project.id)
        }
    }
}

extension StoreTransaction {
    fileprivate func requiredKey(_ id: ServiceKeyID, in project: ProjectID) throws -> ServiceKey {
        guard let key = try serviceKeys(in: project).first(where: { $0.id == id }) else {
            throw Fault(.notFound, "There is no key \(id) in this project.", field: "key_id")
        }
        return key
    }
}
