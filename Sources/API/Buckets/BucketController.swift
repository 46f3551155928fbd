import Hummingbird
import Identity
import Kernel
import Platform
import Wire

/// Buckets of the caller's account.
struct BucketController: Sendable {
    private let buckets: any Buckets

    init(_ ports: Ports) { buckets = ports.buckets }

    var routes: [Route] {
        [
            .known(.get, "/atelier/v1/buckets", "Lists the caller's buckets.", list),
            .known(.put, "/atelier/v1/buckets/{bucket}", "Makes a bucket.", create),
            .known(.delete, "/atelier/v1/buckets/{bucket}", "Removes an empty bucket.", delete),
            .known(
                .get, "/atelier/v1/buckets/{bucket}/objects", "Lists objects by key, after a marker.", listObjects),
        ]
    }

    @Sendable private func list(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.read, in: Scope(account: caller.account))
        let found = try await buckets.list(of: caller.account)
        return Answer.list(found.map { .fields(("name", .text($0.name)), ("created_at", .time($0.created))) })
    }

    @Sendable private func create(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.write, in: Scope(account: caller.account))
        let name = try BucketName(call.path("bucket"))
        if try await buckets.list(of: caller.account).contains(where: { $0.name == name }) {
            throw Fault(.duplicateName, "You have a bucket named \(name) already.", field: "bucket")
        }
        try await buckets.create(name, for: caller.account)
        return Answer.json(.fields(("name", .text(name))), status: .created)
    }

    @Sendable private func delete(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.write, in: Scope(account: caller.account))
        try await buckets.delete(try BucketName(call.path("bucket")), of: caller.account)
        return Answer.empty(.noContent)
    }

    @Sendable private func listObjects(_ call: Call, _ caller: Caller) async throws -> Response {
        try caller.require(.read, in: Scope(account: caller.account))
        let query = try call.query()
        let limit = try query.number("limit", in: 1...Int64(Limits.listedObjects)) ?? Int64(Limits.listedObjects)
        let listing = try await buckets.list(
            try BucketName(call.path("bucket")), of: caller.account, prefix: query.text("prefix") ?? "",
            after: query.text("after") ?? "", limit: Int(limit))
        return Answer.json(
            .fields(
                ("items", .array(listing.objects.map(\.json))), ("truncated", .bool(listing.next != nil)),
                ("next", listing.next.map { .text($0) })))
    }
}

extension ObjectInfo {
    fileprivate var json: JSONValue {
        .fields(
            ("key", .text(key)), ("bytes", .whole(bytes)), ("modified_at", .time(modified)), ("etag", .text(etag)))
    }
}
