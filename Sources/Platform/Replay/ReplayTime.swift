import Kernel

/// The clock of a replay: it jumps to where an hour can be closed, and the hour is closed as a server closes it.
struct ReplayTime {
    private let ports: Ports
    private let clock: any MovableClock
    private let closer: HourCloser

    init(_ ports: Ports, clock: any MovableClock) {
        self.ports = ports
        self.clock = clock
        // Stretches of a trace belong to no job, so nothing follows from their ends.
        closer = HourCloser(ports) { _ in }
    }

    /// Notes where billing begins: the books know no earlier hour.
    func begin(at hour: Second) async throws {
        try await ports.store.write { transaction in
            if try transaction.openHour() == nil { try transaction.setOpenHour(hour) }
        }
    }

    /// Lets the clock stand at a second, before the hour that ends there is closed.
    func move(to second: Second) throws { try clock.move(to: Instant(second)) }

    /// Lets the clock stand where the hour before a second is closed, and closes it.
    func pass(_ end: Second) async throws {
        try move(to: end + ports.settings.closeDelaySeconds)
        try await closer.closeDueHours()
    }

    /// Closes the hours into which a product's minimum reaches beyond the use.
    func finish(from end: Second) async throws {
        var end = end
        let last = end + Limits.priceBookMinimumSeconds + 86_400
        while end < last, try await isUnsettled(after: end) {
            end = end + 3_600
            try await pass(end)
        }
    }

    private func isUnsettled(after end: Second) async throws -> Bool {
        try await ports.store.read { try $0.firstUnsettled(unknownAs: end) != nil }
    }
}
