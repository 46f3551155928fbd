import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore
import NIOHTTP1

/// Turns whatever went wrong into an answer that says what, in the shape of the route's family.
///
/// Of a failure of the server itself the caller learns the request's id only; the log has the rest under that id.
struct ErrorAnswers: RouterMiddleware {
    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // What came is no HTTP, so nothing that follows on this connection is either: the server closes it.
            throw error
        } catch {
            let answer = FaultAnswer(faults: Self.faults(of: error, request: request), requestID: context.requestID)
            note(error, code: answer.code, request: request, context: context)
            return answer.response(FaultAnswer.Family(path: request.uri.path))
        }
    }

    static func faults(of error: any Error, request: Request) -> [Fault] {
        switch error {
        case let fault as Fault: return [fault]
        case let faults as Faults where !faults.isEmpty: return faults.all
        case let error as any HTTPResponseError: return [fault(of: error.status, request: request)]
        case is CancellationError: return [Fault(.unavailable, "The server is stopping; try again.")]
        default: return [Fault(.internalFault, FaultCode.internalFault.sentence)]
        }
    }

    private static func fault(of status: HTTPResponse.Status, request: Request) -> Fault {
        switch status.code {
        case 404, 405:
            Fault(.routeNotFound, "There is no operation \(request.method.rawValue) \(request.uri.path.prefix(200)).")
        case 413: Fault(.bodyTooLarge, "The body is larger than \(Limits.bodyBytes) bytes.")
        case 400..<500: Fault(.malformedBody, "The request could not be read.")
        default: Fault(.internalFault, FaultCode.internalFault.sentence)
        }
    }

    private func note(_ error: any Error, code: FaultCode, request: Request, context: APIContext) {
        let level: Logger.Level =
            switch code.level {
            case .debug: .debug
            case .warning: .warning
            case .error: .error
            }
        context.logger.log(
            level: level, "A request was refused.",
            metadata: [
                "request.id": "\(context.requestID)", "http.method": "\(request.method.rawValue)",
                "http.path": "\(request.uri.path)", "fault.code": "\(code.name)", "error": "\(error)",
            ])
    }
}
