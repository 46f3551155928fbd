import Glibc
import Platform
import Wire

/// `atelier shim FOLDER`: the one process that starts an attempt's command, stamps its times, and outlives the server.
public enum Shim {
    /// Runs the attempt of a folder to its end; the process's exit code: 0 when all was done as told.
    ///
    /// Descriptor 3 holds the folder's lock, so that no second shim can run.
    public static func run(_ path: String) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        let lock = fcntl(3, F_DUPFD_CLOEXEC, 10)
        close(3)
        guard lock >= 0 else { return complain("it is started by the server, which gives it the attempt's lock") }
        var noCore = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &noCore)
        let folder = AttemptFolder(path: path)
        guard let bytes = SmallFile.read(folder.spec) else { return complain("\(folder.spec) cannot be read") }
        let file: SpecFile
        do {
            file = try SpecFile(json: JSONValue(parsing: bytes))
        } catch {
            return complain("\(folder.spec): \(error)")
        }
        guard var records = RecordWriter(folder) else { return complain("\(folder.records) cannot be written") }
        guard !records.isUsed else { return 0 }
        _ = SmallFile.replace(folder.processID, with: Array("\(getpid())\n".utf8), isDurable: false)
        var attempt = ShimAttempt(file, folder: folder)
        attempt.run(&records)
        return 0
    }

    private static func complain(_ message: String) -> Int32 {
        _ = SmallFile.write(Array("atelier shim: \(message)\n".utf8), to: STDERR_FILENO)
        return 1
    }
}
