import HTTPTypes
import Hummingbird
import Kernel
import Wire

/// One request as a route's handler sees it: authenticated where it had to be, its body read unless it is streamed.
struct Call: Sendable {
    let request: Request
    let context: APIContext
    /// The whole body; empty where the route streams it.
    let body: [UInt8]

    /// Path and query exactly as they came.
    var target: String { request.head.path ?? "/" }

    /// A decoded part of the path.
    func path(_ name: String) throws -> String {
        guard let raw = context.parameters[name[...]], let text = PercentText.decoded(raw), !text.isEmpty else {
            throw Fault(.invalidParameter, "The path is not percent-encoded UTF-8.", field: name)
        }
        return text
    }

    /// The query's pairs.
    func query() throws(Fault) -> Query { try Query(target: target) }

    /// The body as JSON.
    func json() throws -> JSONValue { try JSONValue(parsing: body) }

    /// The value of a header; nil where it is absent.
    func header(_ name: HTTPField.Name) -> String? { request.headers[name] }
}

extension Call {
    /// Where the caller reached the server, for links; it is what the request says of itself.
    var origin: String { "http://" + (request.head.authority ?? "localhost") }
}
