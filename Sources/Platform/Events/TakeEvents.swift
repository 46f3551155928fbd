import Billing
public import Identity
public import Kernel
import Ledger
import Metering
import Pricing
import Wire

/// Takes events of any service (CloudEvents 1.0) and counts them by the meters of the payer's price book.
///
/// All of a body counts, or nothing of it. An event counts once: its id is remembered for ever, the same id with other
/// content is refused (law 2). It counts in the hour it happened in, however late it comes (law 6).
public final class TakeEvents: Sendable {
    private let ports: Ports
    private let payers: KnownPayers

    public init(_ ports: Ports) {
        self.ports = ports
        payers = KnownPayers(ports)
    }

    /// What became of a body.
    public struct Taken: Hashable, Sendable {
        /// Events that count from now on.
        public let accepted: Int
        /// Events that were known already.
        public let duplicates: Int
    }

    /// - Parameter project: the project of events that name none; nil for the caller's, or the account's first.
    public func callAsFunction(_ body: [UInt8], project: ProjectID?, caller: Caller) async throws -> Taken {
        let received = ports.clock.now()
        let events = try body.withUnsafeBytes { bytes throws(Faults) in try EventReader.events(in: bytes) }
        let isBatch = body.first { $0 > 0x20 } == UInt8(ascii: "[")
        var groups: [PreparedEvents] = []
        for (account, members) in Self.grouped(events, sender: caller.account) {
            let scope = Scope(account: account, project: account == caller.account ? project : nil)
            try caller.require(account == caller.account ? .write : .operate, in: scope)
            let payer = try await payers.payer(account, project: project ?? caller.project, events: members)
            groups.append(
                try PreparedEvents(
                    members, of: body, isBatch: isBatch, payer: payer, sender: caller.account, received: received,
                    digests: ports.secrets.digests))
        }
        let prepared = groups
        return try await ports.store.write { [ports] transaction in
            var accepted = 0
            for group in prepared { accepted += try transaction.take(group, ports: ports) }
            return Taken(accepted: accepted, duplicates: events.count - accepted)
        }
    }

    /// The events by who pays, with their places in the body.
    private static func grouped(
        _ events: [UsageEvent], sender: AccountID
    ) -> [(account: AccountID, members: [PlacedEvent])] {
        let placed = events.enumerated().map { PlacedEvent(place: $0, event: $1) }
        guard events.contains(where: { $0.account != nil }) else { return [(sender, placed)] }
        let groups = Dictionary(grouping: placed) { $0.event.account.map { AccountID($0) } ?? sender }
        return groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }
}

/// An event and its place in the body.
struct PlacedEvent: Sendable {
    let place: Int
    let event: UsageEvent
}

extension StoreTransaction {
    /// Keeps what is new of a group of events and counts it; how many were new.
    fileprivate func take(_ group: PreparedEvents, ports: Ports) throws -> Int {
        let known = try knownEvents(group.ids)
        var isNew = Array(repeating: true, count: group.ids.count)
        var count = group.ids.count
        for (index, earlier) in known.enumerated() {
            guard let earlier else { continue }
            try require(group, index, toBe: earlier)
            isNew[index] = false
            count -= 1
        }
        guard count > 0 else { return 0 }
        let fresh = count == group.ids.count ? group : try group.only { isNew[$0] }
        let tally = try fresh.tally.get()
        try append(fresh.batch)
        try CountReadings(transaction: self, ports: ports)(tally, batch: fresh.batch)
        return count
    }

    /// Refuses an event whose id is known with other content; another layout of the same JSON is the same.
    private func require(_ group: PreparedEvents, _ index: Int, toBe earlier: KnownEvent) throws {
        let id = group.ids[index]
        guard earlier.content != id.content else { return }
        if let batch = try eventBatch(earlier.batch), let place = batch.ids.firstIndex(where: { $0.key == id.key }),
            let former = try batch.event(at: place), former.isSame(as: try group.event(at: index))
        {
            return
        }
        throw group.place(index).fault(
            .conflict, "An event of this source and id was taken with other content; events never change.", "id")
    }
}

extension EventBatch {
    /// One event as JSON.
    func event(at place: Int) throws -> JSONValue? {
        let events = try body.withUnsafeBytes { bytes throws(Faults) in try EventReader.events(in: bytes) }
        guard events.indices.contains(place) else { return nil }
        return try JSONValue(parsing: Array(body[events[place].range]))
    }
}
