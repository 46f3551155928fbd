import Hummingbird
import Wire

/// The OpenAPI 3.1 document of Atelier's own routes, made of the route table itself.
struct OpenAPIController: Sendable {
    private let document: JSONValue
    private static let path = "/atelier/v1/openapi.json"
    private static let summary = "Describes Atelier's own routes as OpenAPI 3.1."

    init(routes: [Route], version: String) {
        let own = routes + [.open(.get, Self.path, Self.summary) { _ in Answer.empty(.ok) }]
        document = OpenAPIDocument(routes: own.filter(\.isOwn), version: version).json
    }

    var routes: [Route] {
        [.open(.get, Self.path, Self.summary) { [document] _ in Answer.json(document) }]
    }
}

extension Route {
    /// Whether the route is Atelier's own, and not one that Huawei Cloud documents.
    var isOwn: Bool { path.hasPrefix("/atelier/") || path == "/healthz" || path == "/metrics" }
}
