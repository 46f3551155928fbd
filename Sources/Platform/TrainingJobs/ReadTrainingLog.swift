public import Identity
public import Kernel
import Workloads

/// Reads what a job wrote to its standard output and error.
public struct ReadTrainingLog: Sendable {
    private let ports: Ports

    /// The one task of a job of one node, as the API names it.
    public static let taskID = "worker-0"

    public init(_ ports: Ports) { self.ports = ports }

    /// A piece of the log, and whether more can still come.
    public struct Reading: Sendable {
        public let piece: LogPiece
        public let isFinal: Bool
    }

    /// Reads from an offset; a negative one counts back from the end.
    public func callAsFunction(
        _ id: TrainingJobID, task: String, from offset: Int64, limit: Int, in project: Project, caller: Caller
    ) async throws -> Reading {
        let job = try await ShowTrainingJob(ports)(id, in: project, caller: caller)
        guard task == Self.taskID else {
            throw Fault(.notFound, "The job has no task \(task); it has \(Self.taskID).", field: "task_id")
        }
        let isFinal = job.endedAt != nil || job.machine.step == .ended
        guard job.startedAt != nil else {
            return Reading(piece: LogPiece(bytes: [], offset: 0, writtenBytes: 0, droppedBytes: 0), isFinal: isFinal)
        }
        if offset >= 0 {
            return Reading(
                piece: try await ports.executor.log(job.attempt, from: offset, limit: limit), isFinal: isFinal)
        }
        let end = try await ports.executor.log(job.attempt, from: .max, limit: 0)
        let start = max(end.droppedBytes, end.writtenBytes + offset)
        return Reading(piece: try await ports.executor.log(job.attempt, from: start, limit: limit), isFinal: isFinal)
    }
}
