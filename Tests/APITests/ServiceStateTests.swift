import Identity
import Kernel
import Platform
import Pricing
import Testing
import Workloads

/// What a service's status is, of what is wanted of it and what there is.
@Suite struct ServiceStateTests {
    private static let config = ServiceConfig(model: "a", weight: 100, flavor: FlavorID("f"), instanceCount: 2)
    private static let other = ServiceConfig(model: "b", weight: 100, flavor: FlavorID("f"), instanceCount: 1)

    private static func state(
        _ wish: Service.Wish, served: [ServiceConfig], wanted: ServiceConfig = config, _ steps: [InstanceMachine.Step],
        scales: Bool = false
    ) -> ServiceState {
        let now = Instant(milliseconds: 0)
        let config = ServiceConfig(
            model: wanted.model, weight: 100, flavor: wanted.flavor, instanceCount: wanted.instanceCount,
            scaling: scales ? ScalingPolicy(least: 0, most: 3) : nil)
        let service = Service(
            id: ServiceID("s"), account: AccountID("a"), project: ProjectID("p"), user: UserID("u"), createdAt: now,
            updatedAt: now, definition: ServiceDefinition(name: "s", configs: [config]),
            served: scales ? [config] : served, wish: wish)
        let instances = steps.enumerated().map { index, step in
            ServiceInstance(
                attempt: AttemptID("\(index)"), service: service.id, account: service.account,
                project: service.project, serviceName: "s", run: config.run, startSeconds: 1,
                demand: Demand(flavor: FlavorID("f"), cpuMillicores: 1, memoryBytes: 1, accelerators: 0),
                createdAt: now, machine: InstanceMachine(step: step))
        }
        return ServiceState(service: service, instances: instances)
    }

    @Test func statusesAsModelArtsHasThem() {
        let (a, b) = (Self.config, Self.other)
        let cases: [(ServiceState, ServiceState.Status)] = [
            (Self.state(.running, served: [], []), .deploying),
            (Self.state(.running, served: [], [.ready, .starting]), .deploying),
            (Self.state(.running, served: [], [.queued, .queued]), .pending),
            (Self.state(.running, served: [], [.queued, .starting]), .deploying),
            (Self.state(.running, served: [a], [.ready, .ready]), .running),
            (Self.state(.running, served: [a], [.ready, .ended, .starting]), .concerning),
            (Self.state(.running, served: [a], [.draining, .stopping, .starting]), .deploying),
            (Self.state(.running, served: [b], [.ready, .starting]), .deploying),
            (Self.state(.running, served: [a], [.ready, .starting], scales: true), .running),
            (Self.state(.stopped, served: [a], [.draining]), .stopping),
            (Self.state(.stopped, served: [a], [.ended]), .stopped),
            (Self.state(.failed, served: [], [.ended]), .failed),
            (Self.state(.finished, served: [a], [.stopping]), .running),
            (Self.state(.finished, served: [a], [.ended]), .finished),
            (Self.state(.deleted, served: [a], [.ready]), .deleting),
        ]
        for (state, status) in cases {
            #expect(state.status == status, "\(state.service.wish) \(state.instances.map(\.machine.step))")
        }
    }

    @Test func progressIsWhatIsReadyOfAHundred() {
        #expect(Self.state(.running, served: [], [.ready, .starting]).progress == 50)
        #expect(Self.state(.running, served: [], [.ready, .ready, .ready]).progress == 100)
        #expect(Self.state(.running, served: [], wanted: Self.other, []).progress == 0)
    }
}
