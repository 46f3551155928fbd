import HTTPTypes
import Wire

/// Writes routes as an OpenAPI document.
struct OpenAPIDocument: Sendable {
    let routes: [Route]
    let version: String

    var json: JSONValue {
        .fields(
            ("openapi", .text("3.1.0")),
            ("info", .fields(("title", .text("Atelier")), ("version", .text(version)))), ("paths", paths),
            ("components", .fields(("securitySchemes", Self.schemes), ("schemas", Self.schemas))))
    }

    private var paths: JSONValue {
        var paths = JSONObject()
        for route in routes {
            let path = route.path.split(separator: "+", omittingEmptySubsequences: false).joined()
            var operations = paths[path]?.object ?? JSONObject()
            operations[route.method.rawValue.lowercased()] = operation(route)
            paths[path] = .object(operations)
        }
        return .object(paths)
    }

    private func operation(_ route: Route) -> JSONValue {
        let details = RouteDetails.of(route)
        let security: JSONValue =
            if case .open = route.handler { .array([]) } else {
                .array([.fields(("signature", .array([]))), .fields(("token", .array([])))])
            }
        return .fields(
            ("summary", .text(route.summary)), ("security", security),
            ("parameters", .array(Self.pathParameters(route) + details.query.map(Self.queryParameter))),
            ("requestBody", details.body.map(Self.content)),
            (
                "responses",
                .fields(
                    (String(details.status), .fields(("description", .text(details.answer)))),
                    ("default", Self.problem))
            ))
    }

    private static func pathParameters(_ route: Route) -> [JSONValue] {
        route.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { part in
            let name = part.dropFirst().prefix { $0 != "}" && $0 != "+" }
            return .fields(
                ("name", .text(name)), ("in", .text("path")), ("required", .bool(true)),
                ("schema", .fields(("type", .text("string")))))
        }
    }

    private static func queryParameter(_ name: String) -> JSONValue {
        .fields(("name", .text(name)), ("in", .text("query")), ("schema", .fields(("type", .text("string")))))
    }

    private static func content(_ fields: [String]) -> JSONValue {
        guard !fields.isEmpty else {
            return .fields(("content", .fields(("application/octet-stream", .fields()))))
        }
        let required = fields.filter { !$0.hasSuffix("?") }
        var properties = JSONObject()
        for field in fields {
            let name = field.hasSuffix("?") ? String(field.dropLast()) : field
            properties[name] = .fields(("type", .text("string")))
        }
        let schema = JSONValue.fields(
            ("type", .text("object")), ("properties", .object(properties)),
            ("required", .array(required.map { .text($0) })))
        return .fields(
            ("required", .bool(true)), ("content", .fields(("application/json", .fields(("schema", schema))))))
    }

    private static let problem = JSONValue.fields(
        ("description", .text("What was wrong; docs/errors.md lists the codes.")),
        (
            "content",
            .fields(
                (
                    "application/json",
                    .fields(("schema", .fields(("$ref", .text("#/components/schemas/Problem")))))
                ))
        ))

    private static var schemas: JSONValue {
        let text = JSONValue.fields(("type", .text("string")))
        let fault = JSONValue.fields(
            ("type", .text("object")),
            ("properties", .fields(("code", text), ("field", text), ("message", text))))
        return .fields(
            (
                "Problem",
                .fields(
                    ("type", .text("object")),
                    (
                        "properties",
                        .fields(
                            ("error_code", text), ("error_msg", text), ("request_id", text),
                            ("faults", .fields(("type", .text("array")), ("items", fault))))
                    ))
            ))
    }

    private static var schemes: JSONValue {
        func header(_ name: String, _ description: String) -> JSONValue {
            .fields(
                ("type", .text("apiKey")), ("in", .text("header")), ("name", .text(name)),
                ("description", .text(description)))
        }
        return .fields(
            ("signature", header("Authorization", "SDK-HMAC-SHA256; see docs/authentication.md.")),
            ("token", header("X-Auth-Token", "A token of POST /v3/auth/tokens.")))
    }
}
