import Synchronization

/// How many bytes of bodies wait in memory for a decision, over all connections.
final class HeldBytes: Sendable {
    private let limit: Int
    private let count = Mutex(0)

    init(limit: Int) { self.limit = limit }

    /// False where there is no room for so many more.
    func take(_ bytes: Int) -> Bool {
        count.withLock { count in
            guard count + bytes <= limit else { return false }
            count += bytes
            return true
        }
    }

    /// How many wait now.
    var held: Int { count.withLock { $0 } }

    func give(back bytes: Int) { count.withLock { $0 -= bytes } }
}
