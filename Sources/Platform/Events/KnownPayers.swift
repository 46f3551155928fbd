import Identity
import Kernel
import Metering
import Pricing
import Synchronization

/// Who pays for events: the account's book, and the project of events that name none.
struct KnownPayer: Sendable {
    let account: AccountID
    let project: ProjectID
    let book: PriceBook
}

/// Keeps in memory how accounts are billed, so that events need no look into the store for it.
final class KnownPayers: Sendable {
    private let ports: Ports
    private let known = Mutex<[AccountID: Known]>([:])

    /// Accounts kept; beyond it the memory starts anew.
    private static let cachedAccounts = 10_000
    /// How long an account's terms are trusted without a look into the store.
    private static let trustMilliseconds: Int64 = 5_000

    private struct Known: Sendable {
        let book: String
        /// By name.
        let projects: [ProjectID]
        let until: Instant
    }

    init(_ ports: Ports) { self.ports = ports }

    /// - Throws: `invalidParameter` for every event whose project is not the account's.
    func payer(_ account: AccountID, project: ProjectID?, events: [PlacedEvent]) async throws -> KnownPayer {
        let wanted = Set(events.compactMap { $0.event.project.map { ProjectID($0) } })
        var known = try await known(of: account, isFresh: false)
        if !wanted.isSubset(of: known.projects) { known = try await self.known(of: account, isFresh: true) }
        var faults = Faults()
        for member in events {
            guard let project = member.event.project, !known.projects.contains(ProjectID(project)) else { continue }
            faults.append(
                EventPlace(member.place).fault(
                    .invalidParameter, "The account has no project \(project).", "project"))
        }
        try faults.check()
        guard let own = project.flatMap({ known.projects.contains($0) ? $0 : nil }) ?? known.projects.first else {
            throw Fault(.notFound, "There is no account \(account).", field: "account")
        }
        return KnownPayer(account: account, project: own, book: try ports.catalogue.book(known.book))
    }

    private func known(of account: AccountID, isFresh: Bool) async throws -> Known {
        let now = ports.hostClock.now()
        if !isFresh, let cached = known.withLock({ $0[account] }), cached.until > now { return cached }
        let found = try await ports.store.read { transaction in
            (try transaction.requiredTerms(of: account), try transaction.projects(of: account))
        }
        let fresh = Known(
            book: found.0.book, projects: found.1.map(\.id),
            until: now.advanced(milliseconds: Self.trustMilliseconds))
        known.withLock { cache in
            if cache.count >= Self.cachedAccounts { cache.removeAll() }
            cache[account] = fresh
        }
        return fresh
    }
}
