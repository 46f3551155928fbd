import Kernel
import Metering
import Pricing
import Workloads

extension TrainingJob: AttemptedWork {
    typealias Action = TrainingJobMachine.Action

    var pool: PoolID? { definition.resource.pool }
    var isWithExecutor: Bool { [.submitting, .running, .stopping].contains(machine.step) }
    var holdsPlace: Bool { TrainingJobMachine.placedSteps.contains(machine.step) }
    var isMeteredFromStart: Bool { true }
    var resourceName: String { definition.name }

    func segment(_ id: SegmentID) -> Segment {
        Segment(
            id: id, resource: ResourceID(self.id.text), product: Product.trainingJob,
            flavor: definition.resource.flavor, quantity: Int64(definition.resource.nodeCount))
    }

    mutating func hear(
        _ word: ExecutorWord, at now: Instant, in transaction: any StoreTransaction
    ) throws -> [TrainingJobMachine.Action] {
        switch word {
        case .started: return try transaction.apply(.started, to: &self, at: now).actions
        case .ended(let end, let instant):
            note(end, at: instant)
            return try transaction.apply(.ended(JobEnd(end)), to: &self, at: now).actions
        case .lost(let message): return try transaction.apply(.lost(message), to: &self, at: now).actions
        }
    }

    func store(in transaction: any StoreTransaction) throws { try transaction.update(self) }

    /// Keeps what the shim said of the end.
    private mutating func note(_ end: AttemptEnd, at instant: Instant) {
        endedAt = instant
        exitCode = end.exitCode
        peakMemoryBytes = end.peakMemoryBytes
        cpuMilliseconds = end.cpuMilliseconds
        droppedLogBytes = end.droppedLogBytes
    }
}
