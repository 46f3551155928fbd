import Kernel
import Metering

/// The server's own proof: what it is itself the witness of went on until a second, where its books know of no end.
struct Testify: Sendable {
    private let ports: Ports

    /// Stretches in one transaction, so that requests are not kept waiting.
    private static let batch = 500

    init(_ ports: Ports) { self.ports = ports }

    /// - Parameter end: a second that has passed, so that every end before it is in the books.
    func callAsFunction(until end: Second) async throws {
        let ports = self.ports
        var rest = try await ports.store.read { try $0.unprovenSegments(until: end, witness: .server) }[...]
        while !rest.isEmpty {
            let batch = rest.prefix(Self.batch)
            rest = rest.dropFirst(Self.batch)
            try await ports.store.write { transaction in
                for segment in batch { try transaction.testify(to: segment, until: end, at: ports.clock.now()) }
            }
        }
    }
}

extension StoreTransaction {
    /// Notes that a stretch still went on at a second, unless it ended meanwhile.
    fileprivate func testify(to segment: SegmentID, until end: Second, at now: Instant) throws {
        guard let last = try lastFact(of: segment), last.kind != .ended else { return }
        try append(Fact(segment: segment, sequence: last.sequence + 1, at: end, kind: .alive), recordedAt: now)
    }
}
