public import Kernel
public import Pricing

/// What a user asks a notebook to be.
public struct NotebookDefinition: Hashable, Sendable {
    public var name: String
    public var description: String
    public var flavor: FlavorID
    /// The image it runs, as the request names it.
    public var image: String
    public let workspace: String
    /// The dedicated pool it runs on; nil for the public one.
    public let pool: PoolID?
    /// Gigabytes of its volume.
    public var volumeGigabytes: Int64
    public let lease: LeaseWish

    /// The lease that is asked for.
    public struct LeaseWish: Hashable, Sendable {
        public var kind: NotebookLease.Kind
        public var duration: Int64

        public init(kind: NotebookLease.Kind = .timing, duration: Int64 = NotebookLease.defaultDuration) {
            self.kind = kind
            self.duration = duration
        }
    }

    public init(
        name: String, description: String = "", flavor: FlavorID, image: String, workspace: String = "0",
        pool: PoolID? = nil, volumeGigabytes: Int64 = 5, lease: LeaseWish = LeaseWish()
    ) {
        self.name = name
        self.description = description
        self.flavor = flavor
        self.image = image
        self.workspace = workspace
        self.pool = pool
        self.volumeGigabytes = volumeGigabytes
        self.lease = lease
    }
}

/// What a change to a notebook asks for; nil leaves things as they are.
public struct NotebookChange: Hashable, Sendable {
    public var name: String?
    public var description: String?
    public var flavor: FlavorID?
    public var image: String?
    /// Gigabytes its volume is to grow to.
    public var volumeGigabytes: Int64?

    public init(
        name: String? = nil, description: String? = nil, flavor: FlavorID? = nil, image: String? = nil,
        volumeGigabytes: Int64? = nil
    ) {
        self.name = name
        self.description = description
        self.flavor = flavor
        self.image = image
        self.volumeGigabytes = volumeGigabytes
    }
}
