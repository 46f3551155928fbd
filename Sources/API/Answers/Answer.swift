import HTTPTypes
import Hummingbird
import NIOCore
import Platform
import Wire

/// Makes answers.
enum Answer {
    /// A JSON body.
    static func json(_ value: JSONValue, status: HTTPResponse.Status = .ok) -> Response {
        let buffer = ByteBuffer(bytes: value.bytes(.compact))
        return Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"],
            body: ResponseBody(byteBuffer: buffer))
    }

    /// A list of Atelier's own routes.
    static func list(_ items: [JSONValue], total: Int? = nil) -> Response {
        json(.fields(("items", .array(items)), ("total", .whole(total ?? items.count))))
    }

    /// Success with nothing to say.
    static func empty(_ status: HTTPResponse.Status) -> Response { Response(status: status) }

    /// A piece of a log, and in its headers where it stands.
    static func log(_ piece: LogPiece, isFinal: Bool) -> Response {
        var response = bytes(piece.bytes, type: "text/plain; charset=utf-8")
        response.headers[.xLogOffset] = String(piece.offset)
        response.headers[.xLogWritten] = String(piece.writtenBytes)
        response.headers[.xLogDropped] = String(piece.droppedBytes)
        response.headers[.xLogFinal] = isFinal ? "true" : "false"
        return response
    }

    /// Bytes as they are.
    static func bytes(_ bytes: [UInt8], type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
