import Kernel
import Platform

/// Stands for machines that have done their work elsewhere: it runs nothing and proves nothing by itself.
struct PlayedExecutor: Executor {
    func capacity() async throws -> ExecutorCapacity {
        ExecutorCapacity(cpuMillicores: 0, memoryBytes: 0, accelerators: [])
    }
    func submit(_ spec: AttemptSpec) async throws { throw Self.refusal }
    func stop(_ attempt: AttemptID) async throws {}
    func renewLease(_ attempt: AttemptID, until: Instant) async throws {}
    func evidence(_ attempt: AttemptID, after: Int64) async throws -> AttemptEvidence {
        AttemptEvidence(records: [], shim: .alive)
    }
    func hints() -> AsyncStream<AttemptID> { AsyncStream { $0.finish() } }
    func log(_ attempt: AttemptID, from offset: Int64, limit: Int) async throws -> LogPiece { throw Self.refusal }
    func release(_ attempt: AttemptID) async throws {}

    private static let refusal = Fault(.conflict, "A replay runs nothing; it only bills what has run.")
}
