import HTTPTypes
import Hummingbird

/// Puts the request's id on the answer.
struct RequestIdentity: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.xRequestID] = context.requestID
        return response
    }
}
