import Kernel
import Metering

/// Takes the newest proof that a stretch still ran, so that an hour can be closed on it.
struct TakeProof: Sendable {
    private let ports: Ports

    init(_ ports: Ports) { self.ports = ports }

    /// The second until which the stretch is now proven; nil where nothing is known.
    ///
    /// An end that is found here is taken as well: the job hears of it as if by a hint.
    func callAsFunction(of segment: SegmentID) async throws -> Second? {
        let ports = self.ports
        _ = try await TakeEvidence(ports)(segment.attempt)
        let facts = try await ports.store.read { try $0.facts(of: segment) }
        let known = facts.map(\.sequence).max() ?? -1
        let evidence = try await ports.executor.evidence(segment.attempt, after: known)
        if let proof = evidence.records.last(where: { $0.event == .alive }) {
            try await ports.store.write { transaction in
                _ = try transaction.append(Fact(proof), recordedAt: ports.clock.now())
            }
        }
        let all = try await ports.store.read { try $0.facts(of: segment) }
        return try RunInterval.of(all)?.provenUntil
    }
}
