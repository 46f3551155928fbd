import Glibc
import Kernel

/// A program of the system that does its work and ends: `mkfs.xfs`, `mount`, `losetup`.
enum HostCommand {
    /// Bytes of what a program says that are kept.
    private static let saidBytes = 16 << 10
    private static let places = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]

    struct Failure: Error {
        let command: String
        /// What the program said; the reason where it could not be started.
        let said: String
        let code: Int
    }

    /// Runs a program to its end; gives what it said.
    @discardableResult
    static func run(_ command: [String]) throws(Failure) -> String {
        guard let output = Pipe() else { throw failure(command, reason(), -1) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let process = Spawn.run(
            command, descriptors: [null, output.write, output.write],
            environment: ["PATH=" + places.joined(separator: ":"), "LC_ALL=C"], isOwnSession: false)
        let reason = reason()
        close(null)
        close(output.write)
        defer { close(output.read) }
        guard let process else { throw failure(command, reason, -1) }
        let said = drain(output.read)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else { throw failure(command, said, Int(status >> 8) & 0xFF) }
        return said
    }

    /// Whether the system has a program.
    static func has(_ name: String) -> Bool { places.contains { access($0 + "/" + name, X_OK) == 0 } }

    /// Reads to the end, so that the program never waits; keeps the beginning.
    private static func drain(_ descriptor: Int32) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            if bytes.count < saidBytes { bytes += chunk[..<count] }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func failure(_ command: [String], _ said: String, _ code: Int) -> Failure {
        Failure(command: command.first ?? "", said: said.split(separator: "\n").joined(separator: "; "), code: code)
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
