import HTTPTypes
import Hummingbird
import Logging

/// One line a request at debug level; what an operator must know is logged where it went wrong.
struct AccessLog: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        guard context.logger.logLevel <= .debug else { return try await next(request, context) }
        let start = ContinuousClock.now
        let response = try await next(request, context)
        context.logger.debug(
            "A request was answered.",
            metadata: [
                "request.id": "\(context.requestID)", "http.method": "\(request.method.rawValue)",
                "http.path": "\(request.uri.path)", "http.status": "\(response.status.code)",
                "http.milliseconds": "\((ContinuousClock.now - start) / .milliseconds(1))",
            ])
        return response
    }
}
