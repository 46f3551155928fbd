import HTTPTypes
import Hummingbird
import Identity
import Kernel
import NIOCore
import Platform
import Wire

/// Objects of the caller's buckets, streamed both ways.
struct ObjectController: Sendable {
    private let buckets: any Buckets

    init(_ ports: Ports) { buckets = ports.buckets }

    private static let path = "/atelier/v1/buckets/{bucket}/objects/{key+}"

    var routes: [Route] {
        [
            .streaming(.put, Self.path, "Keeps an object, whole or not at all.", put),
            .known(.get, Self.path, "Reads an object.", get),
            .known(.head, Self.path, "Shows an object's size and time.", head),
            .known(.delete, Self.path, "Removes an object; a key that ends in a slash, everything below it.", delete),
        ]
    }

    @Sendable private func put(_ call: Call, _ caller: Caller, _ body: ObjectBody) async throws -> Response {
        try caller.require(.write, in: Scope(account: caller.account))
        let object = try Self.object(of: call)
        if object.isFolder {
            throw Fault(.invalidParameter, "The key of an object does not end in a slash.", field: "key")
        }
        let info = try await buckets.put(object, of: caller.account, content: body)
        return Answer.json(
            .fields(("key", .text(info.key)), ("bytes", .whole(info.bytes)), ("etag", .text(info.etag))),
            status: .created)
    }

    @Sendable private func get(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.read, in: Scope(account: caller.account))
        let content = try await buckets.get(try Self.object(of: call), of: caller.account, from: 0)
        let body = ResponseBody(contentLength: Int(content.info.bytes)) { writer in
            for try await chunk in content.chunks { try await writer.write(ByteBuffer(bytes: chunk)) }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headers(of: content.info), body: body)
    }

    @Sendable private func head(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.read, in: Scope(account: caller.account))
        let info = try await buckets.head(try Self.object(of: call), of: caller.account)
        return Response(status: .ok, headers: Self.headers(of: info))
    }

    @Sendable private func delete(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.write, in: Scope(account: caller.account))
        let object = try Self.object(of: call)
        if object.isFolder {
            _ = try await buckets.deleteAll(below: object, of: caller.account)
        } else {
            try await buckets.delete(object, of: caller.account)
        }
        return Answer.empty(.noContent)
    }

    private static func headers(of info: ObjectInfo) -> HTTPFields {
        [
            .contentType: "application/octet-stream", .contentLength: String(info.bytes), .eTag: "\"\(info.etag)\"",
            .xModifiedAt: info.modified.second.description,
        ]
    }

    /// The object that a path names, from the path as it came: a router that tidies slashes would change the key.
    private static func object(of call: Call) throws -> ObjectPath {
        let path = call.target.prefix { $0 != "?" }
        let parts = path.split(separator: "/", maxSplits: 6, omittingEmptySubsequences: false)
        guard parts.count == 7, parts[5] == "objects", let bucket = PercentText.decoded(parts[4]),
            let key = PercentText.decoded(parts[6]), !key.isEmpty
        else { throw Fault(.invalidParameter, "The path is not a bucket and a percent-encoded key.", field: "key") }
        return try ObjectPath(bucket: BucketName(bucket), key: key)
    }
}
