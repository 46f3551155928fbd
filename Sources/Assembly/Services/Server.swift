import API
import Commands
import Executors
import Files
import Gateway
import Kernel
import Logging
import Platform
import ServiceLifecycle
import Store
import Telemetry
import UnixSignals

/// A whole server: the supervisor of jobs, the closer of hours, and the one port.
struct Server {
    let options: ServerOptions
    let logger: Logger
    let metrics: MetricsRegistry

    /// Serves until SIGTERM or SIGINT; running jobs go on without it.
    func run() async throws {
        let folder = options.folder
        guard folder.isInitialised else {
            throw Fault(
                .notFound, "\(folder.root) is no installation yet; make one with atelier init --data \(folder.root).")
        }
        try folder.hold()
        let connections = FileDescriptors.connections(ofLimit: FileDescriptors.raiseLimit())
        let installation = try await Installation(options, logger: logger)
        let ports = installation.ports
        logger.info("\(installation.volumes.summary)")
        let volumes = VolumeSupervisor(ports)
        let notebooks = NotebookSupervisor(ports, volumes: volumes)
        let routes = ServiceRoutes(clock: ports.clock, hostClock: ports.hostClock)
        let services = ServiceSupervisor(ports, routes: routes)
        let supervisor = TrainingJobSupervisor(ports, notebooks: notebooks, services: services)
        let publisher = ModelPublisher(ports)
        let closer = HourCloser(ports, supervisor: supervisor)
        let api = AtelierAPI(
            ports, supervisor: supervisor, volumes: volumes, notebooks: notebooks, publisher: publisher,
            services: services, routes: routes, moveClock: MoveClock(ports, clock: installation.movableClock),
            replacePriceBooks: ReplacePriceBooks(ports) { try PriceBookFolder.read(path: folder.priceBooks) },
            metrics: { [metrics] in metrics.text() + ServiceGauges.text(of: routes) }, version: Version.text)
        let address = try options.address()
        let gateway = ReverseProxy(
            doors: Self.doors(ports, routes: routes, activities: installation.activities), logger: logger)
        let application = api.application(
            host: address.host, port: address.port, connections: connections, logger: logger,
            onRunning: { [logger] port in
                Self.announce("http://\(address.host):\(port)", in: folder, logger: logger)
            },
            entrance: { [gateway.entrance()] })
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: LoopService(loop: supervisor.run)), .init(service: LoopService(loop: volumes.run)),
                    .init(service: LoopService(loop: notebooks.run)), .init(service: LoopService(loop: closer.run)),
                    .init(service: LoopService(loop: publisher.run)), .init(service: LoopService(loop: services.run)),
                    .init(service: LoopService(loop: installation.volumes.watchFolders)),
                    .init(service: application),
                ], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        await installation.volumes.close()
        try installation.store.close()
        logger.info("The server has stopped; running jobs go on.")
    }

    /// The parts of the paths that the gateway serves.
    private static func doors(_ ports: Ports, routes: ServiceRoutes, activities: RouteActivities) -> [RouteDoor] {
        [
            RouteDoor(
                prefix: "/notebooks/", cookie: "atelier-notebook",
                resolver: NotebookResolver(ports, activities: activities)),
            RouteDoor(
                prefix: "/v1/infers/", cookie: "atelier-service",
                resolver: ServiceResolver(ports, routes: routes, address: .id)),
            RouteDoor(
                prefix: "/v2/models/", cookie: "atelier-service",
                resolver: ServiceResolver(ports, routes: routes, address: .name)),
        ]
    }

    /// Tells clients where the server is: in the log, in the credentials, and in a file for scripts.
    private static func announce(_ endpoint: String, in folder: DataFolder, logger: Logger) {
        do {
            try Credentials.update(endpoint: endpoint, in: folder.credentials)
            try TextFile.write(Array((endpoint + "\n").utf8), to: folder.endpoint, mode: 0o644)
            logger.info("The server is ready.", metadata: ["endpoint": "\(endpoint)"])
        } catch {
            logger.error("The address could not be written.", metadata: ["error": "\(error)"])
        }
    }
}
