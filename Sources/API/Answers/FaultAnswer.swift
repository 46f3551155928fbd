import HTTPTypes
import Hummingbird
import Kernel
import Wire

/// What a caller is told of an error, in the shape of the family that the route belongs to.
struct FaultAnswer: Sendable {
    let faults: [Fault]
    let requestID: String

    /// The shape of an error's body.
    enum Family: Sendable {
        /// IAM v3: `{"error":{"code","message","title"}}`.
        case identity
        /// ModelArts, the billing centre and Atelier's own routes: `{"error_code","error_msg",…}`.
        case service

        /// EVS: `{"error":{"code","message"}}`.
        case volumes

        /// The family of a path.
        init(path: String) {
            let isIdentity = path == "/v3" || path.hasPrefix("/v3/") || path.hasPrefix("/v3.0/")
            let parts = path.split(separator: "/").prefix(3)
            let isVolumes = parts.count == 3 && Self.ofVolumes.contains("\(parts[0])/\(parts[2])")
            self = isIdentity ? .identity : isVolumes ? .volumes : .service
        }

        /// Version and noun of EVS's paths.
        private static let ofVolumes: Set = [
            "v2/cloudvolumes", "v2.1/cloudvolumes", "v5/volumes", "v1/jobs", "v2/types", "v2/os-availability-zone",
        ]
    }

    /// The first fault decides code and status.
    var code: FaultCode { faults.first?.code ?? .internalFault }

    /// The code's status with its words, which IAM's shape shows.
    private var status: HTTPResponse.Status {
        let named: [HTTPResponse.Status] = [
            .badRequest, .unauthorized, .forbidden, .notFound, .conflict, .contentTooLarge, .internalServerError,
            .serviceUnavailable, HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
        ]
        return named.first { $0.code == code.status } ?? HTTPResponse.Status(code: code.status)
    }

    func response(_ family: Family) -> Response {
        var response = Answer.json(body(family), status: status)
        if code.status == FaultCode.unauthenticated.status {
            // RFC 9110, 11.6.1: an answer of 401 names how to authenticate.
            response.headers[.wwwAuthenticate] = "SDK-HMAC-SHA256"
        }
        return response
    }

    private func body(_ family: Family) -> JSONValue {
        let message = faults.map(sentence).joined(separator: " ")
        switch family {
        case .identity:
            return .fields(
                (
                    "error",
                    .fields(
                        ("code", .whole(code.status)), ("message", .text(message)),
                        ("title", .text(status.reasonPhrase)))
                ))
        case .volumes:
            // The same number under the family's own name, as EVS's documentation writes its codes.
            let code = code.wire.hasPrefix("ModelArts.") ? "EVS." + code.wire.dropFirst(10) : code.wire
            return .fields(
                (
                    "error",
                    .fields(
                        ("code", .text(code)), ("message", .text(message)), ("request_id", .text(requestID)),
                        ("faults", .array(faults.map(entry))))
                ))
        case .service:
            return .fields(
                ("error_code", .text(code.wire)), ("error_msg", .text(message)), ("request_id", .text(requestID)),
                ("faults", .array(faults.map(entry))))
        }
    }

    /// The field stands in the message too, because most clients show nothing else.
    private func sentence(of fault: Fault) -> String {
        fault.code == .internalFault ? fault.code.sentence : fault.description
    }

    private func entry(_ fault: Fault) -> JSONValue {
        let message = fault.code == .internalFault ? fault.code.sentence : fault.message
        return .fields(
            ("code", .text(fault.code.name)), ("field", fault.field.map { .text($0) }), ("message", .text(message)))
    }
}
