public import Kernel
public import Workloads

/// The servers of running notebooks, as the machine that runs them reaches them.
public protocol NotebookServers: Sendable {
    /// Makes the folder that a run's socket will stand in; what was there is removed.
    func makeFolder(for attempt: AttemptID) async throws -> String
    /// The path of a run's socket, short enough for a socket's address.
    func socketPath(of attempt: AttemptID) -> String
    /// Removes what `makeFolder` made.
    func removeFolder(of attempt: AttemptID) async throws
    /// Looks whether a run's server answers.
    func state(of attempt: AttemptID, basePath: String) async -> NotebookServerState
    /// What a run's server says of its use.
    func activity(of attempt: AttemptID, basePath: String) async throws -> NotebookActivity
}

/// How far a notebook's server has come.
public enum NotebookServerState: Hashable, Sendable { case silent, connected, ready }

/// When somebody's bytes went to a notebook last, as the gateway saw it.
public protocol NotebookInput: Sendable {
    /// By the machine's clock; nil where nothing went to it since this server started.
    func lastInput(to notebook: NotebookID) -> Instant?
}

/// Where notebooks keep their files: a volume each.
public protocol NotebookStorage: Sendable {
    /// Makes a notebook's volume where it has none, and gives its folder on the host, mounted.
    func prepare(_ notebook: Notebook) async throws -> (volume: String, hostPath: String)
    /// Lets go of a volume that no run uses any more.
    func release(_ notebook: Notebook) async throws
    /// Lets a volume grow, while it is used or not.
    func grow(_ notebook: Notebook, toGigabytes gigabytes: Int64) async throws
    /// Removes a volume and what is in it; one that is gone already is removed.
    func remove(_ notebook: Notebook) async throws
}

/// Stands where an installation runs no notebooks, such as a replay's.
public struct NoNotebooks: NotebookServers, NotebookStorage, NotebookInput {
    public init() {}

    private var refusal: Fault { Fault(.unavailable, "This installation runs no notebooks.") }

    public func makeFolder(for attempt: AttemptID) async throws -> String { throw refusal }
    public func socketPath(of attempt: AttemptID) -> String { "" }
    public func removeFolder(of attempt: AttemptID) async throws {}
    public func state(of attempt: AttemptID, basePath: String) async -> NotebookServerState { .silent }
    public func activity(of attempt: AttemptID, basePath: String) async throws -> NotebookActivity { throw refusal }
    public func lastInput(to notebook: NotebookID) -> Instant? { nil }
    public func prepare(_ notebook: Notebook) async throws -> (volume: String, hostPath: String) { throw refusal }
    public func release(_ notebook: Notebook) async throws {}
    public func grow(_ notebook: Notebook, toGigabytes gigabytes: Int64) async throws { throw refusal }
    public func remove(_ notebook: Notebook) async throws {}
}
