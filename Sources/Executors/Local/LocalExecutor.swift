import Glibc
public import Kernel
public import Platform
import Synchronization
import Wire

/// Runs attempts on this machine, each under a shim of its own that outlives the server.
///
/// Its file work is a few small files an attempt, done where it is asked for: some hundred microseconds and one sync.
public final class LocalExecutor: Executor {
    private let attempts: String
    private let hintsPath: String
    private let clock: String?
    private let program: [String]
    private let avoidsCgroups: Bool
    private let socket: HintSocket?
    private let machine: ExecutorCapacity
    private let children = Mutex<Set<pid_t>>([])

    /// Works in a data folder.
    ///
    /// - Parameters:
    ///   - program: what starts a shim; the folder is its last argument.
    ///   - clockFile: the file that simulated time stands in; nil for the machine's own time.
    ///   - avoidsCgroups: keeps limits by counting, as it must where it is not root.
    public init(
        dataFolder: String, program: [String] = ["/proc/self/exe", "shim"], clockFile: String? = nil,
        avoidsCgroups: Bool = false
    ) throws(Fault) {
        attempts = dataFolder + "/attempts"
        hintsPath = dataFolder + "/hints.sock"
        clock = clockFile
        self.program = program
        self.avoidsCgroups = avoidsCgroups
        guard mkdir(attempts, 0o700) == 0 || errno == EEXIST else {
            throw Fault(.unavailable, "The folder \(attempts) cannot be made: \(String(cString: strerror(errno))).")
        }
        socket = HintSocket(path: hintsPath)
        machine = MachineCapacity.measured()
    }

    public func capacity() async throws -> ExecutorCapacity { machine }

    public func hints() -> AsyncStream<AttemptID> { socket?.hints ?? AsyncStream { $0.finish() } }

    public func submit(_ spec: AttemptSpec) async throws {
        let folder = folder(spec.attempt)
        guard mkdir(folder.path, 0o700) == 0 || errno == EEXIST else {
            throw fault("the attempt's folder cannot be made")
        }
        // Whoever has the lock runs the attempt, or is about to.
        guard let lock = folder.takeLock() else { return }
        defer { close(lock) }
        let known = RecordFile(path: folder.records).records(of: spec.attempt, rank: spec.rank, after: -1)
        guard known.isEmpty else { return }
        let file = SpecFile(spec: spec, hints: hintsPath, clock: clock, avoidsCgroups: avoidsCgroups)
        guard Sandbox.writeEtc(into: folder), SmallFile.replace(folder.spec, with: file.json.bytes()) else {
            throw fault("the attempt's spec cannot be written")
        }
        SmallFile.sync(folder: attempts)
        try launch(folder, lock: lock)
    }

    private func launch(_ folder: AttemptFolder, lock: Int32) throws(Fault) {
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        let process = Spawn.run(
            program + [folder.path], descriptors: [null, null, STDERR_FILENO, lock],
            environment: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], isOwnSession: true)
        guard let process else { throw fault("the shim cannot be started") }
        reap(adding: process)
    }

    public func stop(_ attempt: AttemptID) async throws {
        let folder = folder(attempt)
        guard folder.exists else { return }
        guard SmallFile.replace(folder.stop, with: []) else { throw fault("the stop cannot be written") }
        poke(folder)
    }

    public func renewLease(_ attempt: AttemptID, until: Instant) async throws {
        let folder = folder(attempt)
        guard folder.exists else { return }
        guard SmallFile.replace(folder.lease, with: Array("\(until.milliseconds)\n".utf8)) else {
            throw fault("the lease cannot be written")
        }
    }

    public func evidence(_ attempt: AttemptID, after: Int64) async throws -> AttemptEvidence {
        reap()
        let folder = folder(attempt)
        guard folder.exists else { return AttemptEvidence(records: [], shim: .absent) }
        // The lock is looked at first: a shim that ends in between has written its end by then.
        let isLocked = folder.isLocked
        let file = RecordFile(path: folder.records)
        let records = file.records(of: attempt, rank: 0, after: after)
        let last = records.last ?? file.records(of: attempt, rank: 0, after: -1).last
        switch last?.event {
        case .ended?: return AttemptEvidence(records: records, shim: .ended)
        case .started?, .alive?:
            if !isLocked { Cgroup.remove(leftBy: folder, attempt: attempt) }
            return AttemptEvidence(records: records, shim: isLocked ? .alive : .lost)
        case nil: return AttemptEvidence(records: [], shim: isLocked ? .alive : .absent)
        }
    }

    public func use(of attempt: AttemptID) async throws -> AttemptUse? {
        Cgroup.use(of: folder(attempt), attempt: attempt)
    }

    public func log(_ attempt: AttemptID, from offset: Int64, limit: Int) async throws -> LogPiece {
        SegmentedLog(folder: folder(attempt).path).piece(from: offset, limit: limit)
    }

    public func release(_ attempt: AttemptID) async throws {
        reap()
        let folder = folder(attempt)
        guard folder.exists else { return }
        guard let lock = try await lock(of: folder) else {
            throw Fault(.conflict, "Attempt \(attempt) still runs; it can be released when it has ended.")
        }
        defer { close(lock) }
        guard FolderRemoval.remove(folder.path) else { throw fault("the attempt's folder cannot be removed") }
    }

    /// The lock of a folder; a shim that has written its end gives it back a moment later.
    private func lock(of folder: AttemptFolder) async throws -> Int32? {
        for _ in 0..<100 {
            if let lock = folder.takeLock() { return lock }
            guard RecordFile(path: folder.records).isEnded else { return nil }
            try await Task.sleep(for: .milliseconds(20))
        }
        return nil
    }

    private func folder(_ attempt: AttemptID) -> AttemptFolder {
        AttemptFolder(path: attempts + "/" + attempt.folderName)
    }

    /// Makes the shim look at its folder now.
    private func poke(_ folder: AttemptFolder) {
        let descriptor = open(folder.control, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = SmallFile.write([0], to: descriptor)
        close(descriptor)
    }

    /// Takes note of shims that are gone, so that the kernel forgets them.
    private func reap(adding process: pid_t? = nil) {
        children.withLock { children in
            if let process { children.insert(process) }
            children = children.filter { child in
                var status: Int32 = 0
                return waitpid(child, &status, WNOHANG) == 0
            }
        }
    }

    private func fault(_ problem: String) -> Fault {
        let reason = String(cString: strerror(errno))
        return Fault(errno == ENOSPC ? .storageFull : .unavailable, "The executor failed: \(problem): \(reason).")
    }
}
