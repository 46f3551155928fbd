import HTTPTypes
public import Hummingbird
public import Kernel
public import Logging
public import NIOCore
public import Platform

/// The one port of the server: Huawei-shaped routes at the root, Atelier's own under `/atelier/v1`.
public struct AtelierAPI: Sendable {
    private let authentication: Authentication
    let routes: [Route]

    /// - Parameters:
    ///   - supervisor: told of jobs that are made, stopped or deleted.
    ///   - volumes: the same of volumes.
    ///   - notebooks: told of notebooks that are made, started, stopped or deleted.
    ///   - publisher: told of models that are made.
    ///   - services: told of services that are made, changed or deleted.
    ///   - serviceRoutes: knows the calls that were counted a moment ago.
    ///   - metrics: the text that `/metrics` shows.
    ///   - version: what `/healthz` says.
    public init(
        _ ports: Ports, supervisor: TrainingJobSupervisor, volumes: VolumeSupervisor,
        notebooks: NotebookSupervisor, publisher: ModelPublisher, services: ServiceSupervisor,
        routes serviceRoutes: ServiceRoutes, moveClock: MoveClock,
        replacePriceBooks: ReplacePriceBooks, metrics: @escaping @Sendable () -> String, version: String
    ) {
        authentication = Authentication(Authenticate(ports))
        let directory = Directory(ports)
        let projects = KnownProjects(directory)
        var routes = HealthController(version: version, metrics: metrics).routes
        routes += IdentityController(ports, directory: directory).routes
        routes += TrainingJobController(ports, supervisor: supervisor, projects: projects).routes
        routes += TrainingOfferController(ports, projects: projects).routes
        routes += TrainingLogController(ports, projects: projects).routes
        routes += NotebookController(ports, supervisor: notebooks, projects: projects).routes
        routes += NotebookLeaseController(ports, supervisor: notebooks, projects: projects).routes
        routes += NotebookOfferController(ports, projects: projects).routes
        routes += ImageController(ports, supervisor: notebooks, projects: projects).routes
        routes += NotebookPartsController(ports, projects: projects).routes
        routes += PoolController(ports, jobs: supervisor, projects: projects).routes
        routes += ModelController(ports, publisher: publisher, projects: projects).routes
        routes += ServiceController(ports, supervisor: services, routes: serviceRoutes, projects: projects).routes
        routes +=
            InferServiceController(
                ports, supervisor: services, routes: serviceRoutes, publisher: publisher, projects: projects
            ).routes
        routes += InferInstanceController(ports, supervisor: services, routes: serviceRoutes, projects: projects).routes
        routes += ServiceKeyController(ports, projects: projects).routes
        routes += ServiceMonitorController(ports, routes: serviceRoutes, projects: projects).routes
        routes += ServiceOfferController(ports, projects: projects).routes
        routes += VolumeController(ports, supervisor: volumes, projects: projects).routes
        routes += VolumeOfferController(ports, projects: projects).routes
        routes += BillingController(ports, directory: directory).routes
        routes += AccountController(ports, directory: directory).routes
        routes += BenefitController(ports).routes
        routes += PromotionController(ports).routes
        routes += PriceController(ports, replacePriceBooks: replacePriceBooks).routes
        routes += UsageController(ports).routes
        routes += BillController(ports).routes
        routes += EventController(ports).routes
        routes += ClockController(ports, moveClock: moveClock).routes
        routes += BucketController(ports).routes
        routes += ObjectController(ports).routes
        self.routes = routes + OpenAPIController(routes: routes, version: version).routes
    }

    /// Every operation as a router's table.
    public func router() -> Router<APIContext> {
        let router = Router(context: APIContext.self)
        router.add(middleware: RequestIdentity())
        router.add(middleware: AccessLog())
        router.add(middleware: RequestMetrics())
        router.add(middleware: ErrorAnswers())
        for route in routes {
            router.on(route.routerPath, method: route.method) { [authentication] request, context in
                try await authentication.answer(route, request: request, context: context)
            }
        }
        return router
    }

    /// A server for a service group; `port` 0 takes a free one, which `onRunning` tells.
    ///
    /// - Parameters:
    ///   - connections: how many are kept open at once.
    ///   - entrance: handlers that each connection is given before the API reads it, such as the gateway's.
    public func application(
        host: String, port: Int, connections: Int = Limits.connections, logger: Logger,
        onRunning: @escaping @Sendable (Int) async -> Void = { _ in },
        entrance: @escaping @Sendable () -> [any RemovableChannelHandler] = { [] }
    ) -> some ApplicationProtocol {
        return Application(
            router: router(),
            server: .http1(
                configuration: .init(
                    additionalChannelHandlers: entrance(), idleTimeout: .seconds(Limits.idleSeconds),
                    httpDecoderConfiguration: .init(
                        maxHeaderFieldSize: Limits.headerBytes, maxHeaderListSize: Limits.headerListBytes,
                        maxHeaderFieldCount: Limits.headers))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: .maximum(connections, logger: logger)),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) },
            logger: logger)
    }
}

extension Authentication {
    /// Lets a route answer, once its caller is known where it must be.
    fileprivate func answer(_ route: Route, request: Request, context: APIContext) async throws -> Response {
        switch route.handler {
        case .open(let handler):
            let body = try await RequestBytes.collect(request)
            return try await handler(Call(request: request, context: context, body: body))
        case .known(let handler):
            let (caller, body) = try await caller(
                of: request, atMost: route.bodyBytes, requestID: context.requestID)
            return try await handler(Call(request: request, context: context, body: body), caller)
        case .streaming(let handler):
            let (caller, body) = try await streamingCaller(of: request, requestID: context.requestID)
            return try await handler(Call(request: request, context: context, body: []), caller, body)
        }
    }
}
