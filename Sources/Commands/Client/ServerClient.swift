import AsyncHTTPClient
import Glibc
import Identity
import Kernel
import NIOCore
import NIOHTTP1
import Wire

/// A server seen from the command line: signed requests, answers as JSON, refusals as people read them.
struct ServerClient: Sendable {
    let credentials: ClientCredentials
    let endpoint: String

    /// Seconds that an answer may take to begin.
    private static let patience: Int64 = 300

    /// One client for the life of the program; a server that is not there is told at once.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    init(_ options: ClientOptions) throws {
        credentials = try ClientCredentials(folder: options.folder)
        var address = options.chosenEndpoint ?? credentials.endpoint
        while address.hasSuffix("/") { address.removeLast() }
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
            throw Fault(
                .invalidParameter, "\(address) is no address; write it as http://127.0.0.1:8080.", field: "--endpoint")
        }
        endpoint = address
    }

    /// The caller's project in paths of the ModelArts family.
    var project: String { credentials.project }

    func get(_ path: String, _ query: [(String, String?)] = []) async throws -> JSONValue {
        try await json(.GET, path + Self.text(of: query), body: nil)
    }

    func send(
        _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil, headers: [(String, String)] = []
    ) async throws -> JSONValue {
        try await json(method, path, body: body?.bytes(), headers: headers)
    }

    /// Deletes one after the other, and prints each id when it is done.
    func delete(_ ids: [String], path: (String) -> String) async throws {
        for id in ids {
            _ = try await send(.DELETE, path(id))
            Terminal.line(id)
        }
    }

    private func json(
        _ method: HTTPMethod, _ path: String, body: [UInt8]?, headers: [(String, String)] = []
    ) async throws -> JSONValue {
        var headers = headers
        if body != nil { headers.append(("Content-Type", "application/json")) }
        let answer = try await raw(method, path, payload: .bytes(body ?? []), headers: headers) {
            body.map { .bytes(ByteBuffer(bytes: $0)) }
        }
        let bytes = try await answer.body.collect(upTo: Limits.answerBytes)
        return bytes.readableBytes == 0 ? .null : try JSONValue(parsing: Array(bytes.readableBytesView))
    }

    /// Sends a file as an object's content.
    func upload(_ file: String, bytes: Int64, to path: String, onProgress: @escaping @Sendable (Int64) -> Void)
        async throws
    {
        let headers = [("Content-Type", "application/octet-stream"), ("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")]
        let payload: SignedRequest.Payload = bytes == 0 ? .bytes([]) : .streamed
        let answer = try await raw(.PUT, path, payload: payload, headers: headers) {
            .stream(FileChunks(path: file, onProgress: onProgress), length: .known(bytes))
        }
        _ = try await answer.body.collect(upTo: Limits.answerBytes)
    }

    /// Calls what stands behind the gateway; gives the answer's body as it came.
    func call(_ target: String, body: [UInt8]?) async throws -> [UInt8] {
        let headers = [("Content-Type", "application/json"), ("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")]
        let bytes = body ?? []
        let answer = try await raw(
            body == nil ? .GET : .POST, target, payload: bytes.isEmpty ? .bytes([]) : .streamed, headers: headers
        ) { .bytes(ByteBuffer(bytes: bytes)) }
        return Array(try await answer.body.collect(upTo: Limits.answerBytes).readableBytesView)
    }

    /// An answer whose body is read piece by piece.
    func stream(_ path: String, _ query: [(String, String?)] = []) async throws -> HTTPClientResponse {
        try await raw(.GET, path + Self.text(of: query), payload: .bytes([]), headers: []) { nil }
    }

    private func raw(
        _ method: HTTPMethod, _ target: String, payload: SignedRequest.Payload, headers: [(String, String)],
        body: () -> HTTPClientRequest.Body?
    ) async throws -> HTTPClientResponse {
        let host = String(endpoint.split(separator: "/", maxSplits: 2).last ?? "")
        let named = [("Host", host)] + headers
        let request = SignedRequest(
            method: method.rawValue, target: target, headers: named.map { (name: $0.0, value: $0.1) }, payload: payload)
        let signature = try RequestSignature.sign(
            request, access: credentials.accessKey, secret: credentials.secretKey, date: Second(Int64(time(nil))),
            digests: CommandEnvironment.requiredDigests())
        var message = HTTPClientRequest(url: endpoint + target)
        message.method = method
        message.headers = HTTPHeaders(named + signature.map { ($0.name, $0.value) })
        message.body = body()
        let answer: HTTPClientResponse
        do {
            answer = try await Self.http.execute(message, timeout: .seconds(Self.patience))
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(
                .unavailable,
                "No server answers at \(endpoint) (\(error)); "
                    + "start it with atelier serve, or name another with --endpoint."
            )
        }
        guard (200..<300).contains(answer.status.code) else {
            let bytes = try await answer.body.collect(upTo: Limits.answerBytes)
            throw ServerRefusal(status: Int(answer.status.code), body: Array(bytes.readableBytesView))
        }
        return answer
    }

    /// A query as it stands in a URL; pairs without a value are left out.
    private static func text(of query: [(String, String?)]) -> String {
        let pairs = query.compactMap { name, value in value.map { name + "=" + encoded($0) } }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// Percent-encodes all but what URLs leave alone (RFC 3986 §2.3); slashes only where told.
    static func encoded(_ text: String, keepsSlashes: Bool = false) -> String {
        text.utf8.reduce(into: "") { encoded, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/") where keepsSlashes: encoded.append("/")
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += "%" + (digits.utf8.count < 2 ? "0" + digits : digits)
            }
        }
    }
}
