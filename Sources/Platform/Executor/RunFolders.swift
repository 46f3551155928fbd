/// The folders on disk that one attempt reads and writes: code, inputs, outputs.
public protocol RunFolders: Sendable {
    /// Makes an empty folder of an attempt and gives its path; what was there is removed.
    func make(_ name: String, of attempt: AttemptID) async throws -> String
    /// The path of such a folder, made or not.
    func path(_ name: String, of attempt: AttemptID) -> String
    /// Removes every folder of an attempt.
    func remove(_ attempt: AttemptID) async throws
}
