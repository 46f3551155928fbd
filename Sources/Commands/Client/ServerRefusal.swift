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
            ?? json["message"]?.string ?? "the server answered \(status)"
        let code = json["error_code"]?.string ?? json["code"]?.string ?? String(status)
        let all = faults.isEmpty ? [told] : faults
        lines = all.dropLast() + [(all.last ?? told) + " [\(code)]" + request]
    }

    /// Whether the caller was not allowed, or had not the money or the quota.
    var isRefusal: Bool { status == 401 || status == 403 }
}
