import Executors
import Files
import Kernel
import Logging
import Platform
import Secrets
import Store

/// One installation's ports on its data folder: the only place that knows every adapter.
struct Installation: Sendable {
    let folder: DataFolder
    let ports: Ports
    let store: SQLiteStore
    let volumes: LocalVolumeDisks
    /// The clock where it is simulated.
    let movableClock: SimulatedClock?
    /// The use of what stands behind the gateway.
    let activities: RouteActivities

    /// Opens a data folder that `init` has made.
    init(_ options: ServerOptions, logger: Logger) async throws {
        folder = options.folder
        let host = HostClock()
        let simulated = options.clock == .simulated ? try SimulatedClock(path: folder.clock, host: host) : nil
        let secrets = SystemSecrets(clock: host)
        store = try await SQLiteStore(path: folder.database)
        let runtimes = try RuntimeFolder.read(
            path: options.runtimes ?? folder.runtimes, environments: options.environments ?? folder.environments)
        for note in runtimes.notes { logger.warning("A runtime cannot be used.", metadata: ["note": "\(note)"]) }
        movableClock = simulated
        // People are idle by the machine's clock.
        activities = RouteActivities(clock: host)
        let journal = LogJournal(logger: logger)
        volumes = try LocalVolumeDisks(path: folder.volumes, journal: journal)
        let servers = try LocalNotebookServers(dataFolder: folder.root)
        ports = Ports(
            store: store, clock: simulated ?? host, hostClock: host, identifiers: secrets.identifiers, secrets: secrets,
            executor: try LocalExecutor(
                dataFolder: folder.root, clockFile: simulated.map(\.path)),
            buckets: try BucketFolder(path: folder.buckets), folders: LocalRunFolders(path: folder.runs),
            volumes: volumes,
            catalogue: Catalogue(books: try PriceBookFolder.read(path: folder.priceBooks), engines: runtimes.engines),
            settings: Settings(
                jobsShareNetwork: options.jobsShareNetwork,
                // On a clock that stands still the real time between two looks decides how soon a job is seen.
                sweepMilliseconds: 1_000, installsModelPackages: options.modelPackages),
            journal: journal,
            notebooks: NotebookPorts(
                servers: servers, input: activities,
                images: try LocalImageFolders(path: folder.images)),
            models: try LocalModelFolders(path: folder.models), sockets: servers)
    }
}
