import Kernel
import NIOCore
import Platform
import Wire

/// Answers of the gateway's own.
struct GatewayAnswer {
    let status: Int
    var fields: [(String, String)] = []
    var body: [UInt8] = []

    /// An error in the house's shape (`docs/errors.md`).
    static func fault(_ fault: Fault, retryAfterSeconds: Int64?, id: RequestID) -> GatewayAnswer {
        let entry = JSONObject([
            (name: "code", value: .string(fault.code.name)),
            (name: "message", value: .string(fault.message)),
        ])
        let body = JSONValue.object(
            JSONObject([
                (name: "error_code", value: .string(fault.code.wire)),
                (name: "error_msg", value: .string(fault.description)),
                (name: "request_id", value: .string(id.text)),
                (name: "faults", value: .array([.object(entry)])),
            ]))
        var fields = [("Content-Type", "application/json; charset=utf-8")]
        if let retryAfterSeconds { fields.append(("Retry-After", String(retryAfterSeconds))) }
        if fault.code.status == 401 { fields.append(("WWW-Authenticate", "Bearer")) }
        return GatewayAnswer(status: fault.code.status, fields: fields, body: body.bytes(.compact))
    }

    /// 302 to an address, with a cookie on the way.
    static func redirect(to address: String, cookie: RouteCookie?, name: String, isSecure: Bool) -> GatewayAnswer {
        var fields = [("Location", plain(address)), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer")]
        if let cookie {
            let secure = isSecure ? "; Secure" : ""
            let text = "\(name)=\(cookie.value); Path=\(cookie.path); Max-Age=\(cookie.seconds)"
            fields.append(("Set-Cookie", plain("\(text); HttpOnly; SameSite=Lax\(secure)")))
        }
        return GatewayAnswer(status: 302, fields: fields)
    }

    /// A text without the bytes that would end a header's line.
    private static func plain(_ text: String) -> String {
        String(decoding: text.utf8.filter { $0 >= 0x20 && $0 != 0x7f }, as: UTF8.self)
    }

    /// Writes the whole answer.
    func write(into buffer: inout ByteBuffer, id: RequestID, hasBody: Bool, closes: Bool) {
        buffer.writeString("HTTP/1.1 \(status) \(Self.words(status))\r\n")
        for (name, value) in fields { buffer.writeString("\(name): \(value)\r\n") }
        buffer.writeString("Content-Length: \(body.count)\r\nX-Request-Id: ")
        id.write(into: &buffer)
        buffer.writeStaticString(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
        if hasBody { buffer.writeBytes(body) }
    }

    private static func words(_ status: Int) -> String {
        switch status {
        case 302: "Found"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 507: "Insufficient Storage"
        default: "Refused"
        }
    }
}

extension Fault {
    /// What a client is told of a head that cannot be passed on.
    init(_ fault: HeadFault) {
        switch fault {
        case .malformed(let sentence), .ambiguous(let sentence), .unsupported(let sentence):
            self.init(.malformedRequest, "The request cannot be read: \(sentence).")
        case .tooLarge: self.init(.headTooLarge, FaultCode.headTooLarge.sentence)
        }
    }
}
