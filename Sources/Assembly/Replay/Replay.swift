import Commands
import Files
import Kernel
import Logging
import Metering
import Money
import Platform
import Pricing
import Store

/// Makes a data folder, lives through a trace in it, and says what the books came to.
struct Replay<Item: TraceItem> {
    let options: ServerOptions
    let source: ReplayBook
    let book: PriceBook
    let files: TraceFiles<Item>
    /// Tells the books of every item, and moves the clock.
    let live: (Ports, SimulatedClock, _ next: () throws -> Item?) async throws -> ReplayTold

    /// Runs it whole; where the trace holds nothing that can be billed, nothing is made.
    func run(logger: Logger, progress: (Int64, Int64) -> Void) async throws -> ReplayOutcome {
        let folder = options.folder
        guard let first = try files.next() else {
            let refusals = files.summary.refusals.map { Fault(.invalidParameter, $0) }
            throw Faults(
                refusals + [Fault(.invalidParameter, "The trace holds nothing that can be billed; nothing was made.")])
        }
        do {
            return try await books(from: first, logger: logger, progress: progress)
        } catch {
            Terminal.error("atelier: \(folder.root) holds a part of the trace; remove it before another try.")
            throw error
        }
    }

    private func books(
        from first: Item, logger: Logger, progress: (Int64, Int64) -> Void
    ) async throws -> ReplayOutcome {
        let folder = options.folder
        try folder.make()
        let clock = try SimulatedClock(
            path: folder.clock, host: StandingClock(time: Instant(book.zone.startOfHour(first.start))))
        _ = try await NewInstallation(
            options: options, priceBooks: nil, account: "local", user: "admin", book: book.id.text,
            creditLimit: .zero, onlyBook: source
        ).make(logger: logger)
        let installation = try await Installation(options, logger: logger)
        var upcoming: Item? = first
        let told = try await live(Self.ports(of: installation.ports, clock: clock), clock) {
            defer { upcoming = nil }
            let (read, size) = files.progress
            progress(read, size)
            return try upcoming ?? files.next()
        }
        let books = try await SumBooks(store: installation.store)()
        try installation.store.close()
        return ReplayOutcome(told: told, books: books, trace: files.summary)
    }

    /// The installation's own ports, but for the clock, which the replay moves, and the executor, which has no machine.
    private static func ports(of ports: Ports, clock: SimulatedClock) -> Ports {
        Ports(
            store: ports.store, clock: clock, hostClock: ports.hostClock, identifiers: ports.identifiers,
            secrets: ports.secrets, executor: PlayedExecutor(), buckets: ports.buckets, folders: ports.folders,
            catalogue: ports.catalogue, settings: ports.settings, journal: ports.journal)
    }
}

/// What the trace held, what was told of it, and what was billed.
struct ReplayOutcome {
    let told: ReplayTold
    let books: SumBooks.Books
    let trace: TraceSummary
}

/// A clock that stands still: where a simulated clock begins.
private struct StandingClock: WallClock {
    let time: Instant

    func now() -> Instant { time }
}
