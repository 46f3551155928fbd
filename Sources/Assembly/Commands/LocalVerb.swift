import ArgumentParser
import Commands
import Glibc
import Kernel
import Synchronization

/// What every verb that needs no server shares: faults told to a person, files written whole, progress on a terminal.
enum LocalVerb {
    /// Runs a verb; a fault is told on standard error and ends the process with 1.
    static func run(_ verb: () async throws -> Void) async throws {
        do {
            try await verb()
        } catch let faults as Faults {
            for fault in faults.all { tell("atelier: \(fault)") }
            throw ExitCode(1)
        } catch let fault as Fault {
            tell("atelier: \(fault)")
            throw ExitCode(1)
        }
    }

    /// A line on standard error.
    static func tell(_ text: String) { Terminal.error(text) }

    /// Text on standard output.
    static func show(_ text: String) { Terminal.line(text) }

    /// Writes a file in one step.
    static func write(_ bytes: [UInt8], to path: String) throws(Fault) {
        try TextFile.write(bytes, to: path, mode: 0o644)
    }

    /// Shows how far long work has come, where a person looks on.
    static func progress(_ what: String) -> @Sendable (Int64, Int64) -> Void {
        guard isatty(STDERR_FILENO) == 1 else { return { _, _ in } }
        let shown = Atomic<Int64>(-1)
        return { done, whole in
            let percent = whole > 0 ? min(100, done * 100 / whole) : 100
            guard shown.exchange(percent, ordering: .relaxed) != percent else { return }
            let bar =
                String(repeating: "█", count: Int(percent / 4)) + String(repeating: "░", count: Int(25 - percent / 4))
            Terminal.progress("\(bar) \(percent) % \(what)")
        }
    }

    /// Takes the progress away.
    static func endProgress() { Terminal.clearProgress() }
}
