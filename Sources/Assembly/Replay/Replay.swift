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
struct Replay {
    let options: ServerOptions
    /// The book's file; nil for the one that the program carries.
    let priceBook: String?
    let book: PriceBook
    let files: TraceFiles

    /// What was told, and what was billed of it.
    struct Outcome {
        let told: ReplayTrace.Told
        let books: SumBooks.Books
    }

    /// Runs it whole; where the trace holds no use, nothing is made.
    func run(logger: Logger, progress: @escaping (Int64, Int64) -> Void) async throws -> Outcome {
        let folder = options.folder
        guard let first = try files.next() else {
            throw Fault(.invalidParameter, "The trace holds no use that can be billed; nothing was made.")
        }
        let zone = book.zone
        try folder.make()
        let clock = try SimulatedClock(
            path: folder.clock, host: StandingClock(time: Instant(zone.startOfHour(first.start))))
        _ = try await NewInstallation(
            options: options, priceBooks: priceBook, account: "local", user: "admin", book: book.id.text,
            creditLimit: .zero
        ).make(logger: logger)
        let installation = try await Installation(options, logger: logger)
        let ports = Self.ports(of: installation.ports, clock: clock)
        var replay = try await ReplayTrace(ports, clock: clock, book: book)
        var upcoming: TraceUse? = first
        try await replay {
            defer { upcoming = nil }
            let (read, size) = files.progress
            progress(read, size)
            return try upcoming ?? files.next()
        }
        let books = try await SumBooks(store: installation.store)()
        try installation.store.close()
        return Outcome(told: replay.told, books: books)
    }

    /// The installation's own ports, but for the clock, which the replay moves, and the executor, which has no machine.
    private static func ports(of ports: Ports, clock: SimulatedClock) -> Ports {
        Ports(
            store: ports.store, clock: clock, hostClock: ports.hostClock, identifiers: ports.identifiers,
            secrets: ports.secrets, executor: PlayedExecutor(), buckets: ports.buckets, folders: ports.folders,
            catalogue: ports.catalogue, settings: ports.settings, journal: ports.journal)
    }
}

/// A clock that stands still: where a simulated clock begins.
private struct StandingClock: WallClock {
    let time: Instant

    func now() -> Instant { time }
}
