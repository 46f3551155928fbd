public import Kernel

/// Everything a use case may need from outside, as one value made at the root.
public struct Ports: Sendable {
    public let store: any Store
    /// The time that billing and lifecycles know; simulated where the server was told so.
    public let clock: any WallClock
    /// The host's own time, for signatures and tokens.
    public let hostClock: any WallClock
    public let identifiers: any IdentifierSource
    public let secrets: any SecretKeeper
    public let executor: any Executor
    public let buckets: any Buckets
    public let folders: any RunFolders
    public let volumes: any VolumeDisks
    public let catalogue: Catalogue
    public let settings: Settings
    public let journal: any Journal
    public let notebooks: NotebookPorts
    /// Where the packages of models are kept.
    public let models: any ModelFolders
    /// Where instances of services answer.
    public let sockets: any WorkSockets

    public init(
        store: any Store, clock: any WallClock, hostClock: any WallClock, identifiers: any IdentifierSource,
        secrets: any SecretKeeper,
        executor: any Executor, buckets: any Buckets, folders: any RunFolders,
        volumes: any VolumeDisks = NoVolumeDisks(), catalogue: Catalogue, settings: Settings, journal: any Journal,
        notebooks: NotebookPorts = NotebookPorts(), models: any ModelFolders = NoModelFolders(),
        sockets: any WorkSockets = NoNotebooks()
    ) {
        self.store = store
        self.clock = clock
        self.hostClock = hostClock
        self.identifiers = identifiers
        self.secrets = secrets
        self.executor = executor
        self.buckets = buckets
        self.folders = folders
        self.volumes = volumes
        self.catalogue = catalogue
        self.settings = settings
        self.journal = journal
        self.notebooks = notebooks
        self.models = models
        self.sockets = sockets
    }
}

/// What notebooks alone need from outside.
public struct NotebookPorts: Sendable {
    public let servers: any NotebookServers
    public let input: any NotebookInput
    /// Where what is saved from them is kept.
    public let images: any ImageFolders

    public init(
        servers: any NotebookServers = NoNotebooks(), input: any NotebookInput = NoNotebooks(),
        images: any ImageFolders = NoImageFolders()
    ) {
        self.servers = servers
        self.input = input
        self.images = images
    }
}

/// What an installation decides once, at start.
public struct Settings: Hashable, Sendable {
    /// The region's name; the first project of every account bears it.
    public let region: String
    public let zone: BillingZone
    /// Seconds after its end at which a clock hour is closed, so that proofs of life can come in.
    public let closeDelaySeconds: Int64
    /// Seconds after which an hour is closed on what is proven, however little.
    public let closePatienceSeconds: Int64
    /// Seconds that the lease of running work reaches ahead; also the grace period of an account in arrears.
    public let leaseSeconds: Int64
    /// Whether jobs may reach the host's network.
    public let jobsShareNetwork: Bool
    /// Milliseconds between two looks at attempts that gave no hint.
    public let sweepMilliseconds: Int64
    /// Whether packages that models need are loaded and installed when they are published.
    public let installsModelPackages: Bool

    public init(
        region: String = "local-1", zone: BillingZone = .beijing, closeDelaySeconds: Int64 = 15,
        closePatienceSeconds: Int64 = 600, leaseSeconds: Int64 = 24 * 3_600, jobsShareNetwork: Bool = false,
        sweepMilliseconds: Int64 = 2_000, installsModelPackages: Bool = true
    ) {
        self.region = region
        self.zone = zone
        self.closeDelaySeconds = closeDelaySeconds
        self.closePatienceSeconds = closePatienceSeconds
        self.leaseSeconds = leaseSeconds
        self.jobsShareNetwork = jobsShareNetwork
        self.sweepMilliseconds = sweepMilliseconds
        self.installsModelPackages = installsModelPackages
    }
}

extension Settings {
    /// The region's one availability zone: this machine.
    public var zoneName: String { region + "a" }
}

/// Where a use case tells the operator of something that no caller hears about.
public protocol Journal: Sendable {
    /// A static message and dotted keys.
    func note(_ level: FaultCode.Level, _ message: StaticString, _ details: [String: String])
}
