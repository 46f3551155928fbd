import Kernel
import Workloads

extension StoreTransaction {
    /// Moves an instance's machine, with everything that follows from it in the books, and stores the instance.
    func apply(
        _ event: InstanceMachine.Event, to instance: inout ServiceInstance, ports: Ports
    ) throws -> [InstanceMachine.Action] {
        let now = ports.clock.now()
        let before = instance.machine
        let actions = instance.machine.handle(event)
        guard instance.machine != before else { return actions }
        if instance.machine.step == .ready {
            // Who calls it pays from now on.
            (instance.hasServed, instance.startedAt) = (true, now)
            try openStretch(of: instance, now: now)
        }
        if instance.machine.step == .ended { instance.endedAt = now }
        if !instance.holdsPlace { try settleHold(of: &instance, ports: ports) }
        try update(instance)
        if instance.machine.step != before.step { try tell(instance, at: now) }
        return actions
    }

    /// Notes what an instance has come to, for people.
    func tell(_ instance: ServiceInstance, at now: Instant) throws {
        let words = instance.machine.words
        let isProblem = instance.machine.isProblem && [.stopping, .ended].contains(instance.machine.step)
        try append(
            InstanceEvent(
                attempt: instance.attempt, at: now, isProblem: isProblem, reason: words.reason, text: words.message))
    }
}

/// Applies one event to an instance in one transaction.
struct ApplyInstanceEvent: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// The instance then, and what is to be done for it; nil where it is not there any more.
    func callAsFunction(
        _ event: InstanceMachine.Event, to attempt: AttemptID
    ) async throws -> (instance: ServiceInstance, actions: [InstanceMachine.Action])? {
        let ports = self.ports
        return try await ports.store.write { transaction in
            guard var instance = try transaction.instance(attempt: attempt) else { return nil }
            let actions = try transaction.apply(event, to: &instance, ports: ports)
            return (instance, actions)
        }
    }
}
