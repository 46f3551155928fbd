public import Identity
public import Kernel
import Synchronization
import Workloads

/// Where calls of services go: what the supervisor last said, asked by every thread of the gateway.
public final class ServiceRoutes: Sendable {
    private struct Known {
        var byID: [ServiceID: ServiceRoute] = [:]
        var byName: [Name: ServiceRoute] = [:]
    }

    private struct Name: Hashable {
        let project: ProjectID
        let name: String
    }

    private let known = Mutex(Known())
    private let waker = Mutex<(@Sendable (ServiceID) async throws -> Void)?>(nil)
    private let clock: any WallClock
    private let hostClock: any WallClock

    /// - Parameters:
    ///   - clock: whose minutes calls are counted and billed in.
    ///   - hostClock: what limits are counted by.
    public init(clock: any WallClock, hostClock: any WallClock) {
        self.clock = clock
        self.hostClock = hostClock
    }

    /// The route of a service that is there.
    public func route(_ id: ServiceID) -> ServiceRoute? { known.withLock { $0.byID[id] } }

    /// The route of the service of a name in a project.
    public func route(named name: String, in project: ProjectID) -> ServiceRoute? {
        known.withLock { $0.byName[Name(project: project, name: name)] }
    }

    /// Every route.
    public var all: [ServiceRoute] { known.withLock { Array($0.byID.values) } }

    /// Has somebody told of services that sleep and are called.
    func setWaker(_ wake: @escaping @Sendable (ServiceID) async throws -> Void) { waker.withLock { $0 = wake } }

    /// Starts an instance of a service that sleeps, and waits until it answers or the time for it is over.
    func wake(_ route: ServiceRoute) async throws {
        try await waker.withLock { $0 }?(route.id)
        let limit = hostClock.now().advanced(milliseconds: (Limits.decisionSeconds - 3) * 1_000)
        while route.isAsleep, hostClock.now() < limit { try await Task.sleep(for: .milliseconds(10)) }
    }

    /// Takes what a service is now.
    ///
    /// - Parameter upstream: where an instance listens.
    func publish(_ state: ServiceState, upstream: (ServiceInstance) -> Upstream) {
        let service = state.service
        let route = known.withLock { known in
            if let route = known.byID[service.id] { return route }
            let route = ServiceRoute(service, clock: clock, hostClock: hostClock)
            known.byID[service.id] = route
            known.byName[Name(project: service.project, name: service.definition.name)] = route
            return route
        }
        route.publish(state, upstream: upstream)
    }

    /// Lets go of a service that is deleted.
    func forget(_ id: ServiceID) {
        known.withLock { known in
            guard let route = known.byID.removeValue(forKey: id) else { return }
            known.byName[Name(project: route.project, name: route.name)] = nil
        }
    }
}

/// How the calls of one service are shared out, limited and counted.
public final class ServiceRoute: Sendable {
    public let id: ServiceID
    public let account: AccountID
    public let project: ProjectID
    public let name: String
    private let clock: any WallClock
    private let hostClock: any WallClock
    private let state = Mutex(State())

    fileprivate struct State {
        var shares = CallShares()
        var limits = ServiceLimits()
        var status = ServiceState.Status.deploying
        var reason = ""
        var open: Int64 = 0
        /// What was asked since the server started.
        var calls: Int64 = 0
        var failures: Int64 = 0
        /// Calls that have begun since the server started, by model.
        var begun: [ModelID: Int64] = [:]
        /// Whether it has no instance because nobody asks it anything, and starts one for whoever does.
        var isAsleep = false
        /// Millionths of a second since 1970 at which the calls let in so far would be spread out evenly.
        var spreadUntil: Int64 = 0
        /// What was asked since it was last stored, by minute and model.
        var minutes: [CallKey: CallMinute] = [:]
        /// Tokens that were let in, and until when that is not looked up again.
        var admitted: [String: Instant] = [:]
    }

    /// A minute and a model.
    struct CallKey: Hashable, Sendable {
        let minute: Second
        let model: ModelID
    }

    /// Bytes of an answer's end in which its use of tokens stands.
    private static let tailBytes = 2_048
    /// Milliseconds for which somebody who was let in is let in again.
    private static let trustMilliseconds: Int64 = 5_000
    private static let admittedTokens = 1_000

    init(_ service: Service, clock: any WallClock, hostClock: any WallClock) {
        id = service.id
        account = service.account
        project = service.project
        name = service.definition.name
        self.clock = clock
        self.hostClock = hostClock
    }

    func publish(_ told: ServiceState, upstream: (ServiceInstance) -> Upstream) {
        let ready = told.instances.filter { $0.machine.step == .ready }
        let service = told.service
        // What was served goes on to be served until the rest is ready; where nothing of it is left, what is there is.
        let served = service.served.contains { config in ready.contains { $0.run == config.run } }
        let configs = served ? service.served : service.definition.configs
        state.withLock { state in
            state.shares.replace(
                configs.map { config in
                    (
                        config.run, config.weight,
                        ready.filter { $0.run == config.run }.map { ($0.attempt, upstream($0)) }
                    )
                })
            state.limits = service.definition.limits
            (state.status, state.reason) = (told.status, service.reason)
            state.isAsleep =
                service.wish == .running && ready.isEmpty && configs.contains { $0.scaling?.least == 0 }
        }
    }

    /// Whether a token was let in a moment ago.
    func hasAdmitted(_ token: String) -> Bool {
        let now = hostClock.now()
        return state.withLock { state in state.admitted[token].map { $0 > now } ?? false }
    }

    /// Remembers somebody who was let in.
    ///
    /// - Parameter end: when what was shown is over, where that is known.
    func admit(_ token: String, until end: Instant? = nil) {
        let trusted = hostClock.now().advanced(milliseconds: Self.trustMilliseconds)
        let until = end.map { min($0, trusted) } ?? trusted
        state.withLock { state in
            if state.admitted.count >= Self.admittedTokens { state.admitted.removeAll() }
            state.admitted[token] = until
        }
    }

    /// Where the next call goes; the call counts as open until `ended`.
    func next(_ path: ForwardPath) -> RouteDecision {
        let now = hostClock.now().milliseconds * 1_000
        return state.withLock { state in
            if let refusal = state.refusal(at: now) { return refusal }
            guard let choice = state.shares.next() else {
                let fault = state.closed(name)
                return .refuse(fault, retryAfterSeconds: fault.code == .unavailable ? 1 : nil)
            }
            state.open += 1
            state.begun[choice.place.model, default: 0] += 1
            var forward = Forward(to: choice.place.upstream)
            forward.others = choice.others
            forward.path = path
            forward.answerSeconds = state.limits.answerSeconds ?? Limits.upstreamAnswerSeconds
            forward.bodyBytes = state.limits.bodyBytes ?? Limits.callBytes
            forward.tailBytes = Self.tailBytes
            forward.watcher = CallWatcher(route: self, place: choice.place)
            return .forward(forward)
        }
    }

    /// A call has ended; what went wrong in the model's server, or on the way to it, is a failure.
    fileprivate func ended(_ report: ExchangeReport, at place: CallShares.Place) {
        let isFailure = report.outcome == .upstreamFailed || report.outcome == .upstreamTimedOut || report.status >= 500
        // Whoever goes away before an answer has asked nothing of anybody.
        let isAnswered = !isFailure && report.outcome == .answered
        var counts = CallMinute()
        if isFailure { counts.failures = 1 }
        if isAnswered {
            counts.calls = 1
            if (200..<300).contains(report.status) || report.status == 101 { counts.successes = 1 }
            if counts.successes == 1, let tokens = TokenUse(inEndOf: report.tail) { counts.tokens = tokens }
            counts.latencies.record(microseconds: report.nanoseconds / 1_000)
        }
        let now = hostClock.now()
        let key = CallKey(minute: clock.now().second.minute, model: place.model)
        state.withLock { state in
            state.open -= 1
            place.open -= 1
            if isAnswered { place.answeredAt = now }
            state.calls += counts.calls
            state.failures += counts.failures
            if isFailure || isAnswered { state.minutes[key, default: CallMinute()].add(counts) }
        }
    }

    /// Whether it has no instance now, and starts one for whoever calls.
    var isAsleep: Bool { state.withLock { $0.isAsleep } }

    /// Calls that a model is answering, and those that have begun since the server started.
    func load(of model: ModelID) -> (open: Int64, begun: Int64) {
        state.withLock { ($0.shares.open(of: model), $0.begun[model] ?? 0) }
    }

    /// Calls that an instance is answering.
    func open(at attempt: AttemptID) -> Int64 { state.withLock { $0.shares.place(of: attempt)?.open ?? 0 } }

    /// Whether an instance has answered a call so short a time ago.
    func hasAnswered(at attempt: AttemptID, withinMilliseconds span: Int64) -> Bool {
        let now = hostClock.now()
        return state.withLock { state in
            let last = state.shares.place(of: attempt)?.answeredAt
            return last.map { now.milliseconds - $0.milliseconds <= span } ?? false
        }
    }

    /// What operators watch: calls since the server started, and those that are being answered.
    public var gauges: (calls: Int64, failures: Int64, open: Int64) {
        state.withLock { ($0.calls, $0.failures, $0.open) }
    }

    /// The calls that `takeMinutes` has not taken.
    func recentCounts() -> (calls: Int64, failures: Int64) {
        state.withLock { state in
            state.minutes.values.reduce((0, 0)) { ($0.0 + $1.calls, $0.1 + $1.failures) }
        }
    }

    /// What was asked since the last time, which is forgotten here.
    func takeMinutes() -> [CallKey: CallMinute] {
        state.withLock { state in
            defer { state.minutes = [:] }
            return state.minutes
        }
    }

    /// Notes what the instances of models use now.
    func note(_ uses: [ModelID: CallMinute]) {
        let minute = clock.now().second.minute
        giveBack(
            Dictionary(uses.map { (CallKey(minute: minute, model: $0.key), $0.value) }, uniquingKeysWith: { $1 }))
    }

    /// Takes back what could not be stored.
    func giveBack(_ minutes: [CallKey: CallMinute]) {
        state.withLock { state in
            for (key, counts) in minutes { state.minutes[key, default: CallMinute()].add(counts) }
        }
    }
}

extension ServiceRoute.State {
    /// Why a call may not begin now.
    mutating func refusal(at now: Int64) -> RouteDecision? {
        if let most = limits.concurrency, open >= most {
            return .refuse(
                Fault(.tooManyRequests, "The service answers \(most) calls at the same time at most."),
                retryAfterSeconds: 1)
        }
        guard let rate = limits.callsPerSecond else { return nil }
        // A second's calls may come at once; then they come as evenly as the rate has them (GCRA).
        let start = max(spreadUntil, now)
        guard start - now < 1_000_000 else {
            return .refuse(
                Fault(.tooManyRequests, "The service takes \(rate) calls a second at most."),
                retryAfterSeconds: max(1, (start - now) / 1_000_000))
        }
        spreadUntil = start + 1_000_000 / rate
        return nil
    }

    func closed(_ name: String) -> Fault {
        let why = reason.isEmpty ? "" : " (\(reason))"
        switch status {
        case .deploying, .pending, .concerning, .running:
            return Fault(.unavailable, "The service \(name) is \(status.rawValue)\(why); no instance is ready yet.")
        case .failed, .stopping, .stopped, .finished, .deleting:
            return Fault(.conflict, "The service \(name) is \(status.rawValue)\(why); start it, then call it.")
        }
    }
}

/// Tells a route of a call's end.
private final class CallWatcher: ExchangeWatcher {
    private let route: ServiceRoute
    private let place: CallShares.Place

    init(route: ServiceRoute, place: CallShares.Place) {
        self.route = route
        self.place = place
    }

    func ended(_ report: ExchangeReport) { route.ended(report, at: place) }
}

extension Second {
    /// The second at which its minute began.
    var minute: Second { Second(value - value % 60) }
}
