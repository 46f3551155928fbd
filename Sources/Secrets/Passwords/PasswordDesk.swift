import Dispatch
import Kernel
import Synchronization

/// Hashes one password after the other on a thread of its own.
///
/// A hash takes a tenth of a second and 32 MiB: on the cooperative pool a few logins would stop every other request,
/// and side by side they would take the machine's memory. So there is one thread, and a limit to who may wait for it.
final class PasswordDesk: Sendable {
    private let queue = DispatchQueue(label: "atelier.passwords")
    private let waiting = Mutex(0)
    private let limit: Int

    init(limit: Int = Limits.waitingPasswords) { self.limit = limit }

    /// Does slow work when its turn comes.
    func run<Value: Sendable>(_ work: @escaping @Sendable () throws(Fault) -> Value) async throws(Fault) -> Value {
        let isAdmitted = waiting.withLock { count in
            if count < limit { count += 1 } else { return false }
            return true
        }
        guard isAdmitted else { throw Fault(.unavailable, "Too many logins at once; try again in a moment.") }
        let result: Result<Value, Fault> = await withCheckedContinuation { continuation in
            queue.async {
                let result = Result(catching: work)
                self.waiting.withLock { $0 -= 1 }
                continuation.resume(returning: result)
            }
        }
        return try result.get()
    }
}
