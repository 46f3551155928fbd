import Dispatch
import Kernel

/// Does work that waits for the disk, or for programs of the system, one piece after the other on a thread of its own.
struct DiskQueue: Sendable {
    private let queue: DispatchQueue

    init(_ label: String) { queue = DispatchQueue(label: label) }

    /// - Throws: what the work throws; `unavailable` with what it said where a program failed.
    func perform<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        do {
                            return try body()
                        } catch let failure as HostCommand.Failure {
                            throw Fault(.unavailable, "\(failure.command) failed: \(failure.said)")
                        }
                    })
            }
        }
    }
}
