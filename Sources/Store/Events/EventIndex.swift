import Kernel
import Platform
import Synchronization

/// Remembers the ids of events for ever, in two bytes of memory each: the recent ones in a table, older ones in sealed
/// runs on disk, each behind a filter that tells most new ids at once.
///
/// Only the writing connection uses it. What a transaction adds counts from its commit on, and goes with its rollback.
final class EventIndex: Sendable {
    private let state = Mutex(State())

    /// Ids in the table before they are sealed.
    static let runEntries = 1 << 18

    private struct State: Sendable {
        var recent: [UInt128: KnownEvent] = [:]
        /// What the present transaction added to the table, in order.
        var pending: [UInt128] = []
        var filters: [(run: Int64, filter: EventFilter)] = []
    }

    /// Puts back what an earlier process sealed and what it had not sealed yet.
    func restore(filters: [(run: Int64, filter: EventFilter)]) { state.withLock { $0.filters = filters } }

    func restore(_ ids: [EventIdentity], batch: Int64) {
        state.withLock { state in
            for id in ids { state.recent[id.key] = KnownEvent(content: id.content, batch: batch) }
        }
    }

    /// - Parameter page: reads the entries of a run that may hold a key.
    func known(
        _ ids: [EventIdentity], page: (_ run: Int64, _ key: UInt128) throws -> EventPage
    ) throws -> [KnownEvent?] {
        try state.withLock { state in
            try ids.map { id in
                if let event = state.recent[id.key] { return event }
                for (run, filter) in state.filters where filter.mayHold(id.key) {
                    if let event = try page(run, id.key).event(id.key) { return event }
                }
                return nil
            }
        }
    }

    func add(_ ids: [EventIdentity], batch: Int64) {
        state.withLock { state in
            if state.recent.capacity < Self.runEntries { state.recent.reserveCapacity(Self.runEntries) }
            for id in ids {
                state.pending.append(id.key)
                state.recent[id.key] = KnownEvent(content: id.content, batch: batch)
            }
        }
    }

    /// How much the present transaction has added.
    var mark: Int { state.withLock { $0.pending.count } }

    /// Forgets what was added behind a mark.
    func rollback(to mark: Int = 0) {
        state.withLock { state in
            for key in state.pending[mark...] { state.recent[key] = nil }
            state.pending.removeSubrange(mark...)
        }
    }

    /// What was added is durable.
    func commit() { state.withLock { $0.pending.removeAll(keepingCapacity: true) } }

    var isFull: Bool { state.withLock { $0.recent.count >= Self.runEntries } }

    /// The next run and its number.
    func nextRun() -> (run: EventRun, number: Int64) {
        state.withLock { state in (EventRun(state.recent), (state.filters.last?.run ?? 0) + 1) }
    }

    /// The run is on disk: the table starts anew.
    func sealed(_ filter: EventFilter, run: Int64) {
        state.withLock { state in
            state.filters.append((run, filter))
            state.recent.removeAll(keepingCapacity: true)
        }
    }
}
