import ArgumentParser
import Glibc
import Kernel
import Synchronization

/// What all verbs share: faults told to a person, and progress on a terminal.
public enum LocalVerb {
    /// Runs a verb; a fault is told on standard error and ends the process with 1.
    public static func run(_ verb: () async throws -> Void) async throws {
        do {
            try await verb()
        } catch {
            throw told(error)
        }
    }

    /// The same for a verb that waits for nothing.
    public static func run(_ verb: () throws -> Void) throws {
        do {
            try verb()
        } catch {
            throw told(error)
        }
    }

    private static func told(_ error: any Error) -> any Error {
        let faults = (error as? Faults)?.all ?? (error as? Fault).map { [$0] }
        guard let faults else { return error }
        for fault in faults { Terminal.error("atelier: \(fault)") }
        return ExitCode(1)
    }

    /// Shows how far long work has come, where a person looks on.
    public static func progress(_ what: String) -> @Sendable (Int64, Int64) -> Void {
        guard isatty(STDERR_FILENO) == 1 else { return { _, _ in } }
        let shown = Atomic<Int64>(-1)
        return { done, whole in
            let percent = whole > 0 ? min(100, done * 100 / whole) : 100
            guard shown.exchange(percent, ordering: .relaxed) != percent else { return }
            let full = Int(percent / 4)
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: 25 - full)
            Terminal.progress("\(bar) \(percent) % \(what)")
        }
    }
}
