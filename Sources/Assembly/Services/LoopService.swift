import ServiceLifecycle

/// A loop that works until the server is asked to stop; the work it supervises goes on without it.
struct LoopService: Service {
    let loop: @Sendable () async throws -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown(loop)
        } catch is CancellationError {
            // Being cancelled is how the loop ends.
        }
    }
}
