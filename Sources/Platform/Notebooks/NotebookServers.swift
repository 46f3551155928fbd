public import Kernel
public import Workloads

/// The sockets on which what runs answers: a folder of its own for each attempt, which its sandbox sees.
public protocol WorkSockets: Sendable {
    /// Makes the folder that a run's socket will stand in; what was there is removed.
    func makeFolder(for attempt: AttemptID) async throws -> String
    /// The path of a run's socket, short enough for a socket's address.
    func socketPath(of attempt: AttemptID) -> String
    /// Removes what `makeFolder` made.
    func removeFolder(of attempt: AttemptID) async throws
    /// Looks whether a run's server answers.
    ///
    /// - Parameters:
    ///   - path: what answers 200 once it is ready.
    ///   - seconds: how long the answer may take.
    func state(of attempt: AttemptID, path: String, seconds: Int64) async -> SocketState
    /// Asks what answers on an attempt's socket.
    ///
    /// - Throws: where there is no whole answer.
    func post(_ body: [UInt8], type: String, path: String, to attempt: AttemptID, seconds: Int64) async throws
        -> SocketAnswer
}

/// An answer over a socket.
public struct SocketAnswer: Hashable, Sendable {
    public let status: Int
    public let body: [UInt8]

    public init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
    }
}

/// The servers of running notebooks, as the machine that runs them reaches them.
public protocol NotebookServers: WorkSockets {
    /// What a run's server says of its use.
    func activity(of attempt: AttemptID, basePath: String) async throws -> NotebookActivity
}

/// How far a server on a socket has come.
public enum SocketState: Hashable, Sendable {
    /// Nobody listens.
    case silent
    /// Somebody listens, and gave no answer in time.
    case connected
    /// It answered that it is not ready.
    case refused
    case ready
    /// This machine could not look: it has no file descriptors left, or no memory.
    case unknown
}

/// When somebody's bytes went to a notebook last, as the gateway saw it.
public protocol NotebookInput: Sendable {
    /// By the machine's clock; nil where nothing went to it since this server started.
    func lastInput(to notebook: NotebookID) -> Instant?
}

/// Stands where an installation runs no notebooks, such as a replay's.
public struct NoNotebooks: NotebookServers, NotebookInput {
    public init() {}

    private var refusal: Fault { Fault(.unavailable, "This installation runs no notebooks.") }

    public func makeFolder(for attempt: AttemptID) async throws -> String { throw refusal }
    public func socketPath(of attempt: AttemptID) -> String { "" }
    public func removeFolder(of attempt: AttemptID) async throws {}
    public func state(of attempt: AttemptID, path: String, seconds: Int64) async -> SocketState { .silent }
    public func activity(of attempt: AttemptID, basePath: String) async throws -> NotebookActivity { throw refusal }
    public func post(
        _ body: [UInt8], type: String, path: String, to attempt: AttemptID, seconds: Int64
    ) async throws -> SocketAnswer { throw refusal }
    public func lastInput(to notebook: NotebookID) -> Instant? { nil }
}
