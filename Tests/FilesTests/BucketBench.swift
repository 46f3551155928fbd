import Files
import Foundation
import Identity
import Kernel
import Platform
import Testing

/// Buckets in a temporary folder, with one bucket `mine` of the account `ann`.
struct BucketBench {
    let folder: TemporaryFolder
    let buckets: BucketFolder
    let ann = AccountID("0000000000000000000000000000000a")
    let bob = AccountID("0000000000000000000000000000000b")
    let mine: BucketName

    init() async throws {
        folder = try TemporaryFolder()
        buckets = try BucketFolder(path: folder.path + "/buckets")
        mine = try BucketName("mine")
        try await buckets.create(mine, for: ann)
    }

    func object(_ key: String) throws -> ObjectPath { try ObjectPath(bucket: mine, key: key) }

    @discardableResult
    func put(_ key: String, _ text: String) async throws -> ObjectInfo {
        try await buckets.put(object(key), of: ann, content: Chunks(of: [Array(text.utf8)]))
    }

    func text(_ key: String, from offset: Int64 = 0) async throws -> String {
        var bytes: [UInt8] = []
        for try await chunk in try await buckets.get(object(key), of: ann, from: offset).chunks { bytes += chunk }
        return String(decoding: bytes, as: UTF8.self)
    }

    func keys(prefix: String = "") async throws -> [String] {
        try await buckets.list(mine, of: ann, prefix: prefix, after: "", limit: 1_000).objects.map(\.key)
    }

    /// What stands where uploads wait to be whole.
    var partials: [String] { folder.names(below: "buckets/.partial") }
}

/// Chunks as a request's body gives them; after them an error, where one is named.
struct Chunks: AsyncSequence, Sendable {
    let chunks: [[UInt8]]
    let error: (any Error & Sendable)?

    init(of chunks: [[UInt8]], then error: (any Error & Sendable)? = nil) {
        self.chunks = chunks
        self.error = error
    }

    struct Iterator: AsyncIteratorProtocol {
        var rest: ArraySlice<[UInt8]>
        let error: (any Error & Sendable)?

        mutating func next() async throws -> [UInt8]? {
            if rest.isEmpty, let error { throw error }
            return rest.popFirst()
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(rest: chunks[...], error: error) }
}

/// The code of the fault that work throws; nil where it throws none.
func code(_ work: () async throws -> Void) async -> FaultCode? {
    do {
        try await work()
        return nil
    } catch let fault as Fault {
        return fault.code
    } catch {
        Issue.record("threw \(error), which is no fault")
        return nil
    }
}
