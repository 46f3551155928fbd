import Kernel
import Metering

/// Takes the newest proof that a stretch still ran, so that an hour can be closed on it.
struct TakeProof: Sendable {
    private let ports: Ports
    private let follow: @Sendable (TakeEvidence.Taken) -> Void

    /// - Parameter follow: is given what came of an end that was found here, as if a hint had told of it.
    init(_ ports: Ports, follow: @escaping @Sendable (TakeEvidence.Taken) -> Void) {
        self.ports = ports
        self.follow = follow
    }

    /// The second until which the stretch is now proven; nil where nothing is known.
    func callAsFunction(of segment: SegmentID) async throws -> Second? {
        let ports = self.ports
        if let taken = try await TakeEvidence(ports)(segment.attempt) { follow(taken) }
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
