public import Identity
public import Kernel
public import Platform

extension BucketFolder {
    public func list(
        _ bucket: BucketName, of account: AccountID, prefix: String, after marker: String, limit: Int
    ) async throws -> ObjectListing {
        guard limit > 0 else { throw Fault(.invalidParameter, "\(limit) is not positive.", field: "limit") }
        return try await SystemError.asFault {
            let size = min(limit, Limits.listedObjects)
            var walk = ListingWalk(prefix: Array(prefix.utf8), marker: Array(marker.utf8), limit: size + 1)
            try await walk.visit(objects(of: bucket, account), below: [])
            let page = Array(walk.objects.prefix(size))
            return ObjectListing(objects: page, next: walk.objects.count > size ? page.last?.key : nil)
        }
    }
}

/// Walks a bucket in the order of its keys, as bytes, and takes one page.
///
/// A folder sorts as its name with a slash, which gives whole keys their order: `a.txt` comes before `a/b`.
private struct ListingWalk {
    let prefix: [UInt8]
    let marker: [UInt8]
    let limit: Int
    private(set) var objects: [ObjectInfo] = []

    init(prefix: [UInt8], marker: [UInt8], limit: Int) {
        self.prefix = prefix
        self.marker = marker
        self.limit = limit
    }

    private struct Candidate {
        let name: String
        let key: [UInt8]
        let isFolder: Bool
    }

    mutating func visit(_ folder: Descriptor, below base: [UInt8]) async throws {
        await Task.yield()
        for candidate in try candidates(in: folder, below: base) {
            guard objects.count < limit else { return }
            do {
                if candidate.isFolder {
                    try await visit(folder.folder(candidate.name), below: candidate.key)
                } else {
                    let status = try folder.status(candidate.name)
                    guard status.isFile else { continue }
                    objects.append(ObjectInfo(key: String(decoding: candidate.key, as: UTF8.self), status: status))
                }
            } catch let error as SystemError where error.isAbsent {
                continue  // It went between the reading of the folder and the look at it.
            }
        }
    }

    /// The entries that may hold keys of this page, in order.
    private func candidates(in folder: Descriptor, below base: [UInt8]) throws -> [Candidate] {
        var candidates: [Candidate] = []
        for entry in try folder.entries() where entry.kind != .other {
            guard let name = entry.name else { continue }
            let isFolder = entry.kind == .folder
            let key = base + Array(name.utf8) + (isFolder ? [UInt8(ascii: "/")] : [])
            guard key.starts(with: prefix) || (isFolder && prefix.starts(with: key)) else { continue }
            let isBehind = marker.lexicographicallyPrecedes(key) || (isFolder && marker.starts(with: key))
            if isBehind { candidates.append(Candidate(name: name, key: key, isFolder: isFolder)) }
        }
        return candidates.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }
}
