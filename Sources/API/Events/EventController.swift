import HTTPTypes
import Hummingbird
import Identity
import Kernel
import Platform
import Wire

/// Events of any service, to be metered: CloudEvents 1.0 over HTTP, structured or in batches.
struct EventController: Sendable {
    private let takeEvents: TakeEvents

    init(_ ports: Ports) { takeEvents = TakeEvents(ports) }

    var routes: [Route] {
        [
            .known(
                .post, "/atelier/v1/events", "Takes events (CloudEvents 1.0, one or a batch) and meters them.", take,
                bodyBytes: Limits.eventBodyBytes)
        ]
    }

    @Sendable private func take(_ call: Call, _ caller: Caller) async throws -> Response {
        let project = call.header(.xProjectID).map { ProjectID($0) }
        let taken = try await takeEvents(EventBody(call).bytes, project: project, caller: caller)
        return Answer.json(
            .fields(("accepted", .whole(taken.accepted)), ("duplicates", .whole(taken.duplicates))))
    }
}

/// A body of events as JSON: as it came in the structured and batched modes of the HTTP binding; made of the headers
/// in the binary mode.
///
/// Source: CloudEvents 1.0.2, HTTP protocol binding, §3.
struct EventBody {
    let bytes: [UInt8]

    init(_ call: Call) throws(Fault) {
        let attributes = call.request.headers.filter { $0.name.canonicalName.hasPrefix("ce-") }
        let isStructured = call.header(.contentType)?.hasPrefix("application/cloudevents") ?? false
        guard !isStructured, !attributes.isEmpty else {
            bytes = call.body
            return
        }
        var event = JSONObject()
        for field in attributes {
            guard let value = PercentText.decoded(field.value[...]) else {
                throw Fault(.invalidParameter, "The header is not percent-encoded UTF-8.", field: field.name.rawName)
            }
            event[String(field.name.canonicalName.dropFirst(3))] = .string(value)
        }
        if !call.body.isEmpty { event["data"] = try JSONValue(parsing: call.body) }
        bytes = JSONValue.object(event).bytes(.compact)
    }
}
