import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// Images that notebooks and jobs run, in the shapes of ModelArts: the installation's runtimes and what was saved.
struct ImageController: Sendable {
    private let projects: KnownProjects
    private let list: ListImages
    private let save: SaveImage
    private let delete: DeleteImage

    init(_ ports: Ports, supervisor: NotebookSupervisor, projects: KnownProjects) {
        self.projects = projects
        list = ListImages(ports)
        save = SaveImage(ports, supervisor: supervisor)
        delete = DeleteImage(ports)
    }

    private static let images = "/v1/{project_id}/images"
    private static let image = images + "/{id}"

    var routes: [Route] {
        [
            .known(
                .post, NotebookController.notebook + "/create-image",
                "Saves what a notebook has installed as an image.",
                saveImage),
            .known(.get, Self.images, "Lists images for notebooks.", listImages),
            .known(.get, Self.image, "Shows an image for notebooks.", showImage),
            .known(.delete, Self.image, "Deletes an image that was saved.", deleteImage),
        ]
    }

    @Sendable private func saveImage(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let image = try await save(
            try ImageDefinition(json: call.json()), from: try call.notebook(), in: project, caller: caller)
        return Answer.json(image.json)
    }

    @Sendable private func listImages(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let search = try ImageSearch(query)
        let found = try await list(in: project, caller: caller).map(\.json).filter(search.finds)
        let page = try query.page(limit: Limits.listPage, atMost: Limits.greatestListPage)
        return Answer.json(NotebookPage(all: found, page: page).json())
    }

    @Sendable private func showImage(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let id = try call.path("id")
        guard let image = try await list(in: project, caller: caller).first(where: { $0.id == id }) else {
            throw Fault(.notFound, "There is no image \(id).", field: "id")
        }
        return Answer.json(image.json)
    }

    @Sendable private func deleteImage(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let image = try await delete(ImageID(try call.path("id")), in: project, caller: caller)
        return Answer.json(image.json)
    }
}

/// What `ListImage` is asked for.
private struct ImageSearch {
    private let name: String?
    private let isFuzzy: Bool
    private let type: String?
    private let namespace: String?

    init(_ query: Query) throws {
        name = query.text("name")?.lowercased()
        isFuzzy = try query.flag("name_fuzzy_match") ?? true
        namespace = query.text("namespace")
        let type = query.text("type")?.uppercased()
        if let type, !["BUILD_IN", "DEDICATED", "ALL"].contains(type) {
            throw Fault(.invalidParameter, "type is BUILD_IN, DEDICATED or ALL.", field: "type")
        }
        self.type = type == "ALL" ? nil : type
    }

    func finds(_ image: JSONValue) -> Bool {
        let own = image["name"]?.string?.lowercased() ?? ""
        return (name.map { isFuzzy ? own.contains($0) : own == $0 } ?? true)
            && (type.map { image["type"]?.string == $0 } ?? true)
            && (namespace.map { image["namespace"]?.string == $0 } ?? true)
    }
}
