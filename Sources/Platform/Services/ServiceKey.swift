public import Identity
public import Kernel

/// A key that opens services to programs which have no user: shown once, and kept as a digest.
public struct ServiceKey: Hashable, Sendable {
    public let id: ServiceKeyID
    public let account: AccountID
    public let project: ProjectID
    public let user: UserID
    public let name: String
    public let description: String
    public let scope: Scope
    public let digest: String
    public let createdAt: Instant
    /// When it opens nothing any more, by the host's clock; nil for one that lasts.
    public let expiresAt: Instant?
    /// The services that it opens, where it does not open all of its project.
    public var services: [ServiceID]

    /// What a key opens, as ModelArts calls it.
    public enum Scope: String, Hashable, Sendable, CaseIterable {
        /// Every service of its project.
        case user = "USER"
        /// The services that it is bound to.
        case service = "SERVICE"
    }

    public init(
        id: ServiceKeyID, account: AccountID, project: ProjectID, user: UserID, name: String, description: String,
        scope: Scope, digest: String, createdAt: Instant, expiresAt: Instant? = nil, services: [ServiceID] = []
    ) {
        self.id = id
        self.account = account
        self.project = project
        self.user = user
        self.name = name
        self.description = description
        self.scope = scope
        self.digest = digest
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.services = services
    }

    /// What every key begins with, so that none is taken for a token.
    public static let prefix = "atl-"

    /// Refuses one that is over.
    func requireValid(at now: Instant) throws(Fault) {
        if let expiresAt, expiresAt <= now {
            throw Fault(.invalidToken, "The key was temporary and expired at \(expiresAt.second).")
        }
    }

    /// Whether it opens a service.
    func opens(_ service: ServiceID, of project: ProjectID) -> Bool {
        self.project == project && (scope == .user || services.contains(service))
    }
}

public typealias ServiceKeyID = Identifier<ServiceKey>
