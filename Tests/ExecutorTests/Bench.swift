import Glibc
import Kernel
import Platform
import Testing

@testable import Executors

/// How limits are kept: by the kernel's control groups where this process may, or by counting, as without root.
enum Backend: String, CaseIterable, Sendable { case controlGroups, counting }

/// A data folder with an executor on it, and the wait for what it says.
final class Bench: Sendable {
    let folder: String
    let executor: LocalExecutor

    init(_ backend: Backend, clockFile: String? = nil) throws {
        var template = Array("/tmp/atelier-executor-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Fault(.unavailable, "no temporary folder") }
        folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        executor = try LocalExecutor(
            dataFolder: folder, program: [Self.program, "shim"],
            clockFile: clockFile.map { [folder] in folder + "/" + $0 },
            avoidsCgroups: backend == .counting)
    }

    deinit { _ = FolderRemoval.remove(folder) }

    /// The executable stands beside the tests.
    private static let program: String = {
        var path = [CChar](repeating: 0, count: 4_096)
        let count = max(0, readlink("/proc/self/exe", &path, path.count))
        let own = String(decoding: path[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return String(own[..<(own.lastIndex(of: "/") ?? own.endIndex)]) + "/atelier"
    }()

    static func spec(
        _ id: String, _ script: String, memory: Int64 = 512 << 20, log: Int64 = 1 << 20, grace: Int64 = 10,
        timeLimit: Int64? = nil, lease: Instant? = nil, mounts: [AttemptSpec.Mount] = []
    ) -> AttemptSpec {
        AttemptSpec(
            attempt: AttemptID(id), command: ["/bin/bash", "-c", script],
            environment: ["PATH": "/usr/bin:/bin", "SECRET": "mine \"and\" 'odd'"], workingDirectory: "/tmp",
            mounts: mounts, limits: AttemptLimits(cpuMillicores: 1_000, memoryBytes: memory, logBytes: log),
            graceSeconds: grace, timeLimitSeconds: timeLimit, leaseUntil: lease)
    }

    /// Waits until the evidence of an attempt is as told.
    func evidence(
        of id: String, until isReached: @Sendable (AttemptEvidence) -> Bool
    ) async throws -> AttemptEvidence {
        for _ in 0..<3_000 {
            let evidence = try await executor.evidence(AttemptID(id), after: -1)
            if isReached(evidence) { return evidence }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Fault(.unavailable, "the attempt \(id) did not come so far in 30 s")
    }

    /// Runs an attempt to its end.
    func run(_ spec: AttemptSpec) async throws -> (end: AttemptEnd, log: String) {
        try await executor.submit(spec)
        return try await end(of: spec.attempt.text)
    }

    func end(of id: String) async throws -> (end: AttemptEnd, log: String) {
        let evidence = try await evidence(of: id) { $0.shim == .ended }
        guard case .ended(let end)? = evidence.records.last?.event else { throw Fault(.internalFault, "no end") }
        return (end, try await log(of: id))
    }

    func log(of id: String) async throws -> String {
        let piece = try await executor.log(AttemptID(id), from: 0, limit: 1 << 20)
        return String(decoding: piece.bytes, as: UTF8.self)
    }

    /// A small file of the attempt's folder.
    func file(_ name: String, of id: String) -> String {
        let descriptor = open("\(folder)/attempts/\(id)/\(name)", O_RDONLY)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = max(0, read(descriptor, &bytes, bytes.count))
        return String(decoding: bytes[..<count], as: UTF8.self)
    }

    func shim(of id: String) -> pid_t { pid_t(file("pid", of: id).prefix { $0 != "\n" }) ?? -1 }
}
