import HTTPTypes
import Hummingbird
import Identity
import Kernel

/// One operation: a method, a path, who may call it, and what answers.
///
/// Every route of the server stands in a table of these, so that the OpenAPI document is made of the routes themselves.
struct Route: Sendable {
    let method: HTTPRequest.Method
    /// With parameters in braces, `/v2/{project_id}/training-jobs`; `{key+}` takes the rest of the path.
    let path: String
    let handler: Handler
    /// What the operation does, one line; it stands in the OpenAPI document.
    let summary: String
    /// Bytes of the body, at most.
    var bodyBytes = Limits.bodyBytes

    /// Who may call an operation, and what it reads.
    enum Handler: Sendable {
        /// Anybody.
        case open(@Sendable (Call) async throws -> Response)
        /// Whoever is known by a signature or a token; the body has been read and is the one that was signed.
        case known(@Sendable (Call, Caller) async throws -> Response)
        /// The same with a body that is read while it comes.
        case streaming(@Sendable (Call, Caller, ObjectBody) async throws -> Response)
    }

    static func open(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        _ handler: @escaping @Sendable (Call) async throws -> Response
    ) -> Route { Route(method: method, path: path, handler: .open(handler), summary: summary) }

    static func known(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        _ handler: @escaping @Sendable (Call, Caller) async throws -> Response, bodyBytes: Int = Limits.bodyBytes
    ) -> Route {
        Route(method: method, path: path, handler: .known(handler), summary: summary, bodyBytes: bodyBytes)
    }

    static func streaming(
        _ method: HTTPRequest.Method, _ path: String, _ summary: String,
        _ handler: @escaping @Sendable (Call, Caller, ObjectBody) async throws -> Response
    ) -> Route { Route(method: method, path: path, handler: .streaming(handler), summary: summary) }

    /// The path as the router writes it: the rest of a path is `**`.
    var routerPath: RouterPath {
        let parts = path.split(separator: "/").map { part in part.hasSuffix("+}") ? "**" : String(part) }
        return RouterPath(parts.joined(separator: "/"))
    }
}
