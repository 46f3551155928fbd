import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire

/// What jobs wrote: a preview as ModelArts gives it, and the whole log piece by piece.
struct TrainingLogController: Sendable {
    private let projects: KnownProjects
    private let readLog: ReadTrainingLog

    init(_ ports: Ports, projects: KnownProjects) {
        self.projects = projects
        readLog = ReadTrainingLog(ports)
    }

    private static let task = "/v2/{project_id}/training-jobs/{training_job_id}/tasks/{task_id}"

    var routes: [Route] {
        [
            .known(.get, Self.task + "/logs/preview", "Shows the last part of a log.", preview),
            .known(.get, Self.task + "/logs/url", "Says where the whole log can be read.", address),
            .known(
                .get, "/atelier/v1/projects/{project_id}/training-jobs/{training_job_id}/log",
                "Reads a piece of a job's log.", piece),
        ]
    }

    @Sendable private func preview(_ call: Call, _ caller: Caller) async throws -> Response {
        let limit = Limits.logPreviewBytes
        let reading = try await read(call, caller, task: call.path("task_id"), from: -Int64(limit), limit: limit)
        return Answer.json(
            .fields(
                ("content", .string(String(decoding: reading.piece.bytes, as: UTF8.self))),
                ("current_size", .whole(reading.piece.bytes.count)), ("full_size", .whole(reading.piece.writtenBytes))))
    }

    @Sendable private func address(_ call: Call, _ caller: Caller) async throws -> Response {
        let (project, job, task) = (try call.path("project_id"), try call.trainingJob(), try call.path("task_id"))
        _ = try await read(call, caller, task: task, from: 0, limit: 0)
        let path = "/atelier/v1/projects/\(project)/training-jobs/\(job)/log?task=\(task)"
        return Answer.json(.fields(("obs_url", .text(call.origin + path))))
    }

    @Sendable private func piece(_ call: Call, _ caller: Caller) async throws -> Response {
        let query = try call.query()
        let reading = try await read(
            call, caller, task: query.text("task") ?? ReadTrainingLog.taskID,
            from: try query.number("offset", in: -Limits.logBytes...Int64.max) ?? 0,
            limit: Int(try query.number("limit", in: 0...Int64(Limits.logPieceBytes)) ?? Int64(Limits.logPieceBytes)))
        return Answer.log(reading.piece, isFinal: reading.isFinal)
    }

    private func read(
        _ call: Call, _ caller: Caller, task: String, from offset: Int64, limit: Int
    ) async throws -> ReadTrainingLog.Reading {
        let project = try await projects.project(of: call, caller: caller)
        return try await readLog(
            try call.trainingJob(), task: task, from: offset, limit: limit, in: project, caller: caller)
    }
}
