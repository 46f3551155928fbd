import HTTPTypes
import Hummingbird
import Metrics
import Synchronization

/// Counts and times requests by route, method and status.
///
/// Hummingbird's own metrics wrap every body in a closure, which costs two more writes an answer; this one does not.
final class RequestMetrics: RouterMiddleware {
    private let series = Mutex<[Key: Series]>([:])

    private struct Key: Hashable {
        let route: String
        let method: HTTPRequest.Method
        let status: Int
    }

    private struct Series: Sendable {
        let count: Counter
        let duration: Metrics.Timer
    }

    func handle(
        _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let series = self.series(
            Key(route: context.endpointPath ?? "none", method: request.method, status: response.status.code))
        let elapsed = (ContinuousClock.now - start).components
        series.count.increment()
        series.duration.recordNanoseconds(elapsed.seconds * 1_000_000_000 + elapsed.attoseconds / 1_000_000_000)
        return response
    }

    private func series(_ key: Key) -> Series {
        series.withLock { known in
            if let series = known[key] { return series }
            // A method is any token a client makes up; what no route has is counted as one.
            let method = Self.methods.contains(key.method) ? key.method.rawValue : "other"
            let dimensions = [("route", key.route), ("method", method), ("status", String(key.status))]
            let series = Series(
                count: Counter(label: "http_requests", dimensions: dimensions),
                duration: Metrics.Timer(label: "http_request_duration", dimensions: dimensions))
            if Self.methods.contains(key.method) { known[key] = series }
            return series
        }
    }

    private static let methods: Set<HTTPRequest.Method> = [.get, .head, .post, .put, .delete, .patch, .options]
}
