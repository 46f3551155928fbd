import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// Models, which ModelArts also calls AI applications, in its shapes.
struct ModelController: Sendable {
    private let projects: KnownProjects
    private let create: CreateModel
    private let list: ListModels
    private let delete: DeleteModel

    init(_ ports: Ports, publisher: ModelPublisher, projects: KnownProjects) {
        self.projects = projects
        create = CreateModel(ports, publisher: publisher)
        list = ListModels(ports)
        delete = DeleteModel(ports)
    }

    private static let models = "/v1/{project_id}/models"
    private static let model = models + "/{model_id}"

    var routes: [Route] {
        [
            .known(.post, Self.models, "Takes up a model from a bucket or from a training job.", createModel),
            .known(.get, Self.models, "Lists models.", listModels),
            .known(.get, Self.models + "/ai-engine-runtimes", "Lists runtimes for models.", listRuntimes),
            .known(.get, Self.model, "Shows a model.", showModel),
            .known(.delete, Self.model, "Deletes a model, or all its versions.", deleteModel),
        ]
    }

    @Sendable private func createModel(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let model = try await create(try ModelDefinition(json: call.json()), in: project, caller: caller)
        return Answer.json(.fields(("model_id", .text(model.id))))
    }

    @Sendable private func listModels(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let search = try ModelSearch(call.query())
        let found = search.sorted(try await list(in: project, caller: caller).filter(search.finds))
        let page = found.dropFirst(search.page.offset).prefix(search.page.limit)
        return Answer.json(
            .fields(
                ("total_count", .whole(found.count)), ("count", .whole(page.count)),
                ("models", .array(page.map(\.listJSON)))))
    }

    @Sendable private func showModel(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        return Answer.json(try await list(ModelID(try call.path("model_id")), in: project, caller: caller).json)
    }

    @Sendable private func deleteModel(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let outcome = try await delete(
            ModelID(try call.path("model_id")), cascades: try call.query().flag("cascade") ?? false, in: project,
            caller: caller)
        return Answer.json(outcome.json)
    }

    @Sendable private func listRuntimes(_ call: Call, _ caller: Caller) async throws -> Response {
        _ = try await projects.project(of: call, caller: caller)
        let engines = list.engines().map { engine in
            JSONValue.fields(
                ("ai_engine", .text(engine.name)), ("runtimes", .array([.text(engine.id)])),
                ("request_mode", .array([.text("sync")])), ("accelerators", .array([.fields(("type", .text("none")))])),
                ("arch", .array([.text("x86_64")])), ("status_list", .array([.text("normal")])),
                ("image_source", .array([.text("base_image")])))
        }
        return Answer.json(
            .fields(
                ("count", .whole(engines.count)), ("total_count", .whole(engines.count)),
                ("engine_runtimes", .array(engines))))
    }
}

/// What a list of models is asked for; `offset` is the number of a page, from 0, as ModelArts counts.
private struct ModelSearch {
    let page: PageRequest
    private let name: String?
    private let isExact: Bool
    private let version: String?
    private let state: Model.State?
    private let type: String?
    private let excludedType: String?
    private let words: String?
    private let workspace: String?
    private let order: String
    private let isAscending: Bool

    init(_ query: Query) throws {
        name = query.text("model_name")?.lowercased()
        isExact = try query.flag("exact_match") ?? false
        version = query.text("model_version")
        type = query.text("model_type")?.lowercased()
        excludedType = query.text("not_model_type")?.lowercased()
        words = query.text("description")?.lowercased()
        workspace = query.text("workspace_id")
        state = try query.choice("model_status", of: Model.State.allCases)
        order = query.text("sort_by") ?? "create_at"
        guard ["create_at", "model_version", "model_size"].contains(order) else {
            throw Fault(
                .invalidParameter, "sort_by is create_at, model_version or model_size.", field: "sort_by")
        }
        let direction = query.text("order") ?? "desc"
        guard ["asc", "desc"].contains(direction) else {
            throw Fault(.invalidParameter, "order is asc or desc.", field: "order")
        }
        isAscending = direction == "asc"
        page = try query.numberedPage(limit: Limits.greatestListPage)
    }

    func finds(_ model: Model) -> Bool {
        let own = model.definition.name.lowercased()
        return (name.map { isExact ? own == $0 : own.contains($0) } ?? true)
            && (version.map { model.definition.version == $0 } ?? true) && (state.map { model.state == $0 } ?? true)
            && (type.map { model.type.lowercased() == $0 } ?? true)
            && (excludedType.map { model.type.lowercased() != $0 } ?? true)
            && (words.map { model.definition.description.lowercased().contains($0) } ?? true)
            && (workspace.map { model.definition.workspace == $0 } ?? true)
    }

    /// Models that came the newest first, in the order asked for.
    func sorted(_ models: [Model]) -> [Model] {
        let ascending: [Model]
        switch order {
        case "model_version":
            ascending = models.sorted { $0.versionNumbers.lexicographicallyPrecedes($1.versionNumbers) }
        case "model_size": ascending = models.sorted { $0.bytes < $1.bytes }
        default: ascending = models.reversed()
        }
        return isAscending ? ascending : ascending.reversed()
    }
}

extension Model {
    fileprivate var versionNumbers: [Int] { definition.version.split(separator: ".").compactMap { Int($0) } }
}
