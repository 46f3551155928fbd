/// A kind of fault: its wire code, HTTP status and log level stand together here and nowhere else.
///
/// The list is documented in `docs/errors.md`; a test holds the two together.
public struct FaultCode: Hashable, Sendable {
    /// The short name that Atelier's own API and the documentation use.
    public let name: String
    /// The code that the ModelArts family puts on the wire.
    public let wire: String
    /// The HTTP status.
    public let status: Int
    /// Who must act.
    public let level: Level
    /// What the code means, one sentence.
    public let sentence: String

    /// Who must act on a fault: nobody, the operator some day, the operator now.
    public enum Level: String, Sendable { case debug, warning, error }

    private init(_ name: String, _ wire: String, _ status: Int, _ level: Level, _ sentence: String) {
        self.name = name
        self.wire = wire
        self.status = status
        self.level = level
        self.sentence = sentence
    }

    public static func == (left: Self, right: Self) -> Bool { left.name == right.name }
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }

    public static let malformedBody = FaultCode(
        "malformed_body", "ModelArts.0101", 400, .debug, "The body is not what the operation reads.")
    public static let invalidParameter = FaultCode(
        "invalid_parameter", "ModelArts.0102", 400, .debug, "A field has a value that cannot be used.")
    public static let missingParameter = FaultCode(
        "missing_parameter", "ModelArts.0103", 400, .debug, "A field that the operation needs is not there.")
    public static let duplicateName = FaultCode(
        "duplicate_name", "ModelArts.0104", 409, .debug, "The name is taken.")
    public static let invalidSignature = FaultCode(
        "invalid_signature", "APIGW.0301", 401, .debug, "The request is not signed as its access key signs.")
    public static let invalidToken = FaultCode(
        "invalid_token", "APIGW.0307", 401, .debug, "The token is unknown or has expired.")
    public static let unauthenticated = FaultCode(
        "unauthenticated", "APIGW.0302", 401, .debug, "The request says nothing about who sends it.")
    public static let forbidden = FaultCode(
        "forbidden", "ModelArts.0010", 403, .debug, "The caller may not do this here.")
    public static let insufficientBalance = FaultCode(
        "insufficient_balance", "ModelArts.4116", 403, .debug,
        "Balance and credit do not cover the first hour of what was asked for.")
    public static let accountRestricted = FaultCode(
        "account_restricted", "ModelArts.4106", 400, .debug, "The account is restricted by its administrator.")
    public static let notFound = FaultCode(
        "not_found", "ModelArts.0404", 404, .debug, "There is no such thing in the caller's account and project.")
    public static let routeNotFound = FaultCode(
        "route_not_found", "APIGW.0101", 404, .debug, "No operation has this method and path.")
    public static let conflict = FaultCode(
        "conflict", "ModelArts.0409", 409, .debug, "The thing is in a state that does not allow this.")
    public static let bodyTooLarge = FaultCode(
        "body_too_large", "APIGW.0201", 413, .debug, "The body is larger than the operation takes.")
    public static let doesNotFit = FaultCode(
        "does_not_fit", "ModelArts.0210", 400, .debug, "The pool can never hold what was asked for.")
    public static let quotaExceeded = FaultCode(
        "quota_exceeded", "ModelArts.0220", 403, .debug, "A named limit would be exceeded.")
    public static let storageFull = FaultCode(
        "storage_full", "ModelArts.0507", 507, .error, "The server's disk is full; nothing was kept.")
    public static let malformedRequest = FaultCode(
        "malformed_request", "APIGW.0102", 400, .debug, "The request is no HTTP/1.1 that can be read in one way only.")
    public static let requestTimeout = FaultCode(
        "request_timeout", "APIGW.0105", 408, .debug, "The request did not come whole in time.")
    public static let headTooLarge = FaultCode(
        "head_too_large", "APIGW.0204", 431, .debug, "The request's line and headers are larger than the server takes.")
    public static let tooManyRequests = FaultCode(
        "too_many_requests", "APIGW.0308", 429, .debug, "More is asked for at once, or in a time, than is allowed.")
    public static let upstreamUnavailable = FaultCode(
        "upstream_unavailable", "APIGW.0202", 502, .warning,
        "The process that should answer cannot be reached, or broke off.")
    public static let upstreamTimeout = FaultCode(
        "upstream_timeout", "APIGW.0203", 504, .warning, "The process that should answer took too long.")
    public static let unavailable = FaultCode(
        "unavailable", "ModelArts.0503", 503, .warning, "The server cannot do this just now; try again.")
    public static let internalFault = FaultCode(
        "internal", "ModelArts.0500", 500, .error, "The server failed; the request id finds it in the log.")

    /// Every code, in the order of the documentation.
    public static let all: [FaultCode] = [
        malformedBody, invalidParameter, missingParameter, duplicateName, invalidSignature, invalidToken,
        unauthenticated, forbidden, insufficientBalance, accountRestricted, notFound, routeNotFound, conflict,
        bodyTooLarge, doesNotFit, quotaExceeded, storageFull, malformedRequest, requestTimeout, headTooLarge,
        tooManyRequests, upstreamUnavailable, upstreamTimeout, unavailable, internalFault,
    ]
}
