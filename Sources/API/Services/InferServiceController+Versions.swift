import Hummingbird
import Identity
import Kernel
import Platform
import Wire
import Workloads

/// The versions of a deployment, in the shapes of ModelArts' second API.
extension InferServiceController {
    private static let versions = deployment + "/versions"
    private static let version = versions + "/{version}"

    var versionRoutes: [Route] {
        [
            .known(.get, Self.versions, "Lists the versions of a deployment.", listVersions),
            .known(.get, Self.version, "Shows a version of a deployment.", showVersion),
            .known(.post, Self.version + "/switch", "Brings a version of a deployment back.", switchVersion),
            .known(.delete, Self.version, "Deletes a version of a deployment.", deleteVersion),
        ]
    }

    @Sendable private func listVersions(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let query = try call.query()
        let isByCreation = try query.sortKey() == "create_at"
        let page = try query.page(limit: 10, atMost: Limits.greatestListPage)
        let state = try await state(of: call, caller)
        let records = try await versions.list(
            of: try call.path("deployment_id"), service: state.service.id, in: project, caller: caller)
        let sorted = isByCreation ? records : records.sorted { $0.updatedAt > $1.updatedAt }
        let view = view(state, [:], call)
        let shown = sorted.map { record in
            JSONValue.fields(
                ("infer_name", .text(record.config.deployment)), ("version", .text(record.config.version)),
                ("version_status", .text(view.status(ofVersion: record.config))),
                ("description", .text(record.config.description)), ("deploy_type", .text("SINGLE")),
                ("create_at", .text(record.createdAt.second)), ("update_at", .text(record.updatedAt.second)))
        }
        return Answer.json(NotebookPage(all: shown, page: page).json())
    }

    @Sendable private func showVersion(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let state = try await state(of: call, caller)
        let record = try await versions(
            try call.version(), of: try call.path("deployment_id"), service: state.service.id, in: project,
            caller: caller)
        // As the deployment would be: counts and shares are not a version's.
        let config = try state.service.deployment(named: record.config.deployment).switched(to: record.config)
        var view = view(state, try await list.models(named: [config.model]), call)
        view.versionCounts = try await versions.counts(of: state.service.id)
        var shown = view.deployment(config).object ?? JSONObject()
        shown["status"] = .text(view.status(ofVersion: record.config))
        shown["running_count"] = .whole(state.ready(config.run))
        shown["create_at"] = .text(record.createdAt.second)
        shown["update_at"] = .text(record.updatedAt.second)
        return Answer.json(.object(shown))
    }

    @Sendable private func switchVersion(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let (service, deployment) = (try call.path("service_id"), try call.path("deployment_id"))
        let version = try call.version()
        // The body says once more what the path says.
        let fields = JSONFields(call.body.isEmpty ? .object([:]) : try call.json())
        let said = [
            ("service_id", service), ("infer_name", deployment), ("target_deployment_version", version.description),
        ]
        for (key, expected) in said {
            if let text = fields.string(key), text != expected {
                fields.refuse(key, "The path names \(expected), not \(text).")
            }
        }
        try fields.check()
        try await versions.switchBack(
            to: version, of: deployment, service: ServiceID(service), in: project, caller: caller)
        return Answer.json(.fields(("id", .text(deployment))))
    }

    @Sendable private func deleteVersion(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = try await projects.project(of: call, caller: caller)
        let deployment = try call.path("deployment_id")
        try await versions.delete(
            try call.version(), of: deployment, service: ServiceID(try call.path("service_id")), in: project,
            caller: caller)
        return Answer.json(.fields(("id", .text(deployment))))
    }
}

extension Call {
    /// The version that a route's path names; a text that is none names nothing.
    fileprivate func version() throws -> DeploymentVersion {
        let text = try path("version")
        guard let version = DeploymentVersion(text) else {
            throw Fault(.notFound, "There is no version \(text); versions are written as 1.0.0.", field: "version")
        }
        return version
    }
}
