@preconcurrency import Dispatch
import Glibc
public import Kernel
public import Platform
import Wire
public import Workloads

/// The servers of notebooks on this machine, each on a Unix socket in a folder of its own: `DATA/s/<run>/j`.
///
/// The sandbox sees its own folder only, so nobody but this machine's server reaches a notebook.
public final class LocalNotebookServers: NotebookServers {
    private let folder: String
    /// The way to the folder in this process: short, however long its path.
    private let way: String
    private let queue = DispatchQueue(label: "notebooks", attributes: .concurrent)

    /// Seconds that a notebook's server may take for one answer.
    private static let patience = Int(Limits.healthSeconds)

    public init(dataFolder: String) throws(Fault) {
        folder = dataFolder + "/s"
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw Fault(.unavailable, "The folder \(folder) cannot be made: \(String(cString: strerror(errno))).")
        }
        // Room for a slash, 16 digits, a slash and the socket's name.
        if folder.utf8.count + 20 <= SocketAddress.capacity {
            way = folder
        } else {
            let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard descriptor >= 0 else {
                throw Fault(.unavailable, "The folder \(folder) cannot be opened: \(String(cString: strerror(errno))).")
            }
            way = "/proc/self/fd/\(descriptor)"
        }
    }

    public func makeFolder(for attempt: AttemptID) async throws -> String {
        let path = folder + "/" + Self.name(of: attempt)
        guard FolderRemoval.remove(path), mkdir(path, 0o700) == 0 else {
            throw Fault(
                errno == ENOSPC ? .storageFull : .unavailable,
                "The folder \(path) cannot be made: \(String(cString: strerror(errno))).")
        }
        return path
    }

    public func socketPath(of attempt: AttemptID) -> String {
        "\(way)/\(Self.name(of: attempt))/\(NotebookContract.socketName)"
    }

    public func removeFolder(of attempt: AttemptID) async throws {
        guard FolderRemoval.remove(folder + "/" + Self.name(of: attempt)) else {
            throw Fault(.unavailable, "The folder of the socket of run \(attempt) cannot be removed.")
        }
    }

    public func state(of attempt: AttemptID, path: String, seconds: Int64) async -> SocketState {
        do {
            return try await get(path, of: attempt, seconds: Int(seconds)).status == 200 ? .ready : .refused
        } catch {
            switch error as? UnixHTTP.Failure {
            case .incomplete: return .connected
            case .exhausted: return .unknown
            case .silent, nil: return .silent
            }
        }
    }

    public func post(
        _ body: [UInt8], type: String, path: String, to attempt: AttemptID, seconds: Int64
    ) async throws -> SocketAnswer {
        let request = UnixHTTP(path: socketPath(of: attempt), seconds: Int(seconds))
        let answer = try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { () throws in try request.post(body, type: type, to: path) })
            }
        }
        return SocketAnswer(status: answer.status, body: answer.body)
    }

    public func activity(of attempt: AttemptID, basePath: String) async throws -> NotebookActivity {
        let kernels = try await list("api/kernels", of: attempt, basePath)
        let terminals = try await list("api/terminals", of: attempt, basePath)
        let moments = (kernels + terminals).compactMap { one in
            one["last_activity"]?.string.flatMap { text in
                Array(text.utf8).withUnsafeBytes { Second(rfc3339: $0) }.map { Instant($0) }
            }
        }
        return NotebookActivity(
            // One that is starting may wait for its first client for ever.
            isBusy: kernels.contains { $0["execution_state"]?.string == "busy" },
            lastActive: moments.max(), kernels: kernels.count, terminals: terminals.count)
    }

    private func list(_ name: String, of attempt: AttemptID, _ basePath: String) async throws -> [JSONValue] {
        let answer = try await get(basePath + name, of: attempt)
        guard answer.status == 200, let list = try JSONValue(parsing: answer.body).array else {
            throw Fault(.unavailable, "The notebook's server answered \(answer.status) to \(name).")
        }
        return list
    }

    /// Asks on a thread of its own, since the answer may take its time.
    private func get(
        _ path: String, of attempt: AttemptID, seconds: Int = patience
    ) async throws -> UnixHTTP.Answer {
        let request = UnixHTTP(path: socketPath(of: attempt), seconds: seconds)
        return try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(with: Result { () throws in try request.get(path) })
            }
        }
    }

    /// Sixteen digits of the run's id: its last ones, which are drawn at random.
    private static func name(of attempt: AttemptID) -> String {
        String(attempt.text.filter { $0.isLetter || $0.isNumber }.suffix(16))
    }
}
