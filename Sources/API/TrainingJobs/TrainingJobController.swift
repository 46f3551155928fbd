import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// Training jobs in the shapes of ModelArts.
struct TrainingJobController: Sendable {
    private let ports: Ports
    private let projects: KnownProjects
    private let createJob: CreateTrainingJob
    private let listJobs: ListTrainingJobs
    private let showJob: ShowTrainingJob
    private let stopJob: StopTrainingJob
    private let changeJob: ChangeTrainingJob
    private let deleteJob: DeleteTrainingJob

    init(_ ports: Ports, supervisor: TrainingJobSupervisor, projects: KnownProjects) {
        self.ports = ports
        self.projects = projects
        createJob = CreateTrainingJob(ports, supervisor: supervisor)
        listJobs = ListTrainingJobs(ports)
        showJob = ShowTrainingJob(ports)
        stopJob = StopTrainingJob(ports, supervisor: supervisor)
        changeJob = ChangeTrainingJob(ports)
        deleteJob = DeleteTrainingJob(ports, supervisor: supervisor)
    }

    private static let jobs = "/v2/{project_id}/training-jobs"
    private static let job = jobs + "/{training_job_id}"

    var routes: [Route] {
        [
            .known(.post, Self.jobs, "Creates a training job.", create),
            .known(.post, "/v2/{project_id}/training-job-searches", "Searches training jobs.", search),
            .known(.get, Self.job, "Shows a training job.", show),
            .known(.put, Self.job, "Changes a training job's description.", change),
            .known(.delete, Self.job, "Deletes a training job.", delete),
            .known(.post, Self.job + "/actions", "Stops a training job.", act),
            .known(.get, Self.job + "/tasks", "Lists the tasks of a training job.", tasks),
            .known(.get, Self.job + "/events", "Lists what happened to a training job.", events),
        ]
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let job = try await createJob(try TrainingJobDefinition(json: call.json()), in: project, caller: caller)
        return Answer.json(try await json(job), status: .created)
    }

    @Sendable private func search(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let search = try TrainingJobSearch(json: call.body.isEmpty ? [:] : call.json(), project: project.id)
        let page = try await listJobs(search.query, in: project, caller: caller)
        var items: [JSONValue] = []
        for job in page.items { items.append(try await json(job)) }
        return Answer.json(
            .fields(
                ("total", .whole(page.total)), ("count", .whole(page.items.count)), ("limit", .whole(search.limit)),
                ("offset", .whole(search.offset)),
                ("sort_by", .text(search.query.isSortedByName ? "name" : "create_time")),
                ("order", .text(search.query.isAscending ? "asc" : "desc")), ("group_by", .text("")),
                ("workspace_id", .text("0")), ("items", .array(items))))
    }

    @Sendable private func show(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let job = try await showJob(try call.trainingJob(), in: project, caller: caller)
        return Answer.json(try await json(job, waitingBehind: try await showJob.queuePosition(of: job)))
    }

    @Sendable private func change(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let fields = JSONFields(try call.json())
        let description = fields.string("description")
        if description == nil { fields.refuse("description", "This field is needed.", code: .missingParameter) }
        try fields.check()
        try await changeJob(try call.trainingJob(), description: description ?? "", in: project, caller: caller)
        return Answer.empty(.ok)
    }

    @Sendable private func delete(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        try await deleteJob(try call.trainingJob(), in: project, caller: caller)
        return Answer.empty(.accepted)
    }

    @Sendable private func act(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let fields = JSONFields(try call.json())
        let action = fields.requiredString("action_type")
        if !action.isEmpty, action != "terminate" { fields.refuse("action_type", "The one action is terminate.") }
        try fields.check()
        let job = try await stopJob(try call.trainingJob(), in: project, caller: caller)
        return Answer.json(try await json(job), status: .accepted)
    }

    @Sendable private func tasks(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let job = try await showJob(try call.trainingJob(), in: project, caller: caller)
        guard job.startedAt != nil else { return Answer.json(.array([])) }
        return Answer.json(
            .array([
                .fields(
                    ("task", .text(ReadTrainingLog.taskID)), ("ip", .text("127.0.0.1")),
                    ("host_ip", .text("127.0.0.1")), ("schedule_count", .whole(1)))
            ]))
    }

    @Sendable private func events(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let request = try call.query().page(limit: Limits.searchPage, atMost: Limits.greatestListPage)
        let page = try await showJob.events(try call.trainingJob(), page: request, in: project, caller: caller)
        return Answer.json(
            .fields(
                ("total", .whole(page.total)), ("limit", .whole(request.limit)), ("offset", .whole(request.offset)),
                ("order", .text("asc")), ("events", .array(page.items.map(\.json)))))
    }

    private func json(_ job: TrainingJob, waitingBehind ahead: Int? = nil) async throws -> JSONValue {
        let engine = try await ports.engine(job.definition.algorithm.engine, in: job.project)
        return job.json(at: ports.clock.now(), engine: engine, waitingBehind: ahead)
    }
}

extension Call {
    /// The job that a route's path names.
    func trainingJob() throws -> TrainingJobID { TrainingJobID(try path("training_job_id")) }
}
