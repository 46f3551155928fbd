import Wire

/// A server's no, in the words that it gave.
struct ServerRefusal: Error {
    let status: Int
    /// One line each.
    let lines: [String]

    init(status: Int, body: [UInt8]) {
        self.status = status
        let whole = (try? JSONValue(parsing: body)) ?? .null
        // EVS puts everything below "error".
        let json = whole["error"]?["faults"] == nil ? whole : whole["error"] ?? .null
        let request = json["request_id"]?.string.map { " (request \($0))" } ?? ""
        let faults = (json["faults"]?.array ?? []).compactMap { fault in
            fault["message"]?.string.map { message in
                (fault["field"]?.string).map { "\($0): \(message)" } ?? message
            }
        }
        let told =
            json["error_msg"]?.string ?? json["error"]?["message"]?.string
            ?? json["message"]?.string ?? Self.words(of: body, whole, status: status)
        let code = json["error_code"]?.string ?? json["code"]?.string ?? String(status)
        let all = faults.isEmpty ? [told] : faults
        lines = all.dropLast() + [(all.last ?? told) + " [\(code)]" + request]
    }

    /// What something else than the house said, such as a model's server.
    private static func words(of body: [UInt8], _ json: JSONValue, status: Int) -> String {
        if let error = json["error"]?.string { return error }
        let text = String(decoding: body.prefix(300), as: UTF8.self)
        // A proxy's page is nothing to read in a terminal.
        let isPlain = !text.isEmpty && !text.utf8.starts(with: "<".utf8)
        return "the server answered \(status)" + (isPlain ? ": \(text)" : "")
    }

    /// Whether the caller was not allowed, or had not the money or the quota.
    var isRefusal: Bool { status == 401 || status == 403 }
}
