/// A sign on a person's terminal that something goes on; nothing where the output goes elsewhere.
struct Spinner {
    private var turn = 0

    private static let marks = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"]

    /// Turns it for a quarter of a second beside some words: faster than the server is asked.
    mutating func turn(_ words: String) async throws {
        for _ in 0..<3 {
            Terminal.progress("\(Self.marks[turn % Self.marks.count]) \(words)")
            turn += 1
            try await Task.sleep(for: .milliseconds(80))
        }
    }
}
