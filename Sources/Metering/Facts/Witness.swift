/// Who proves that a stretch goes on.
public enum Witness: String, Hashable, Sendable, CaseIterable {
    /// The executor that runs the work, by its records.
    case executor
    /// The server itself: what it keeps by its own books exists until they say that it ended.
    case server
}
