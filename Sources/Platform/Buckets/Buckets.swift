public import Identity
public import Kernel

/// Where code, data and outputs stand: the object storage of an installation.
///
/// A bucket belongs to an account; to every other account it does not exist (law 10), though its name is taken.
public protocol Buckets: Sendable {
    /// Makes a bucket; making one's own bucket again changes nothing.
    func create(_ bucket: BucketName, for account: AccountID) async throws

    /// An account's buckets, by name.
    func list(of account: AccountID) async throws -> [BucketInfo]

    /// Removes an empty bucket.
    func delete(_ bucket: BucketName, of account: AccountID) async throws

    /// Keeps an object, whole or not at all; one that has the key is replaced in one step.
    ///
    /// Ends durable: a crash after the return loses nothing. Throws `storageFull` where the disk is full.
    func put<Chunks: AsyncSequence & Sendable>(
        _ object: ObjectPath, of account: AccountID, content: Chunks
    ) async throws -> ObjectInfo where Chunks.Element == [UInt8]

    /// Reads an object from an offset to its end; a replacement meanwhile does not mix into what is read.
    func get(_ object: ObjectPath, of account: AccountID, from offset: Int64) async throws -> ObjectContent

    /// What is known of an object without its content.
    func head(_ object: ObjectPath, of account: AccountID) async throws -> ObjectInfo

    /// The objects whose keys begin with a text, by key, after a marker; at most `limit` and `Limits.listedObjects`.
    func list(
        _ bucket: BucketName, of account: AccountID, prefix: String, after marker: String, limit: Int
    ) async throws -> ObjectListing

    /// Removes an object.
    func delete(_ object: ObjectPath, of account: AccountID) async throws

    /// Removes an object and everything below its key as a folder; gives how many objects went.
    func deleteAll(below folder: ObjectPath, of account: AccountID) async throws -> Int

    /// Copies a folder's content, or one object, into a folder of the host (staging of code and inputs).
    func download(_ source: ObjectPath, of account: AccountID, into hostFolder: String) async throws -> Transfer

    /// Copies the regular files below a folder of the host into a folder of a bucket (outputs).
    ///
    /// Links and special files are never followed nor copied. Ends durable.
    func upload(from hostFolder: String, to target: ObjectPath, of account: AccountID) async throws -> Transfer
}

/// A bucket in a listing.
public struct BucketInfo: Hashable, Sendable {
    public let name: BucketName
    public let created: Instant

    public init(name: BucketName, created: Instant) {
        self.name = name
        self.created = created
    }
}

/// An object without its content.
public struct ObjectInfo: Hashable, Sendable {
    public let key: String
    public let bytes: Int64
    public let modified: Instant
    /// Changes whenever the object does; it is no hash of the content.
    public let etag: String

    public init(key: String, bytes: Int64, modified: Instant, etag: String) {
        self.key = key
        self.bytes = bytes
        self.modified = modified
        self.etag = etag
    }
}

/// One page of a listing.
public struct ObjectListing: Hashable, Sendable {
    public let objects: [ObjectInfo]
    /// The marker that gives the next page; nil on the last one.
    public let next: String?

    public init(objects: [ObjectInfo], next: String?) {
        self.objects = objects
        self.next = next
    }
}

/// An object being read: nothing is read ahead of whoever takes the chunks.
public struct ObjectContent: Sendable {
    public let info: ObjectInfo
    public let chunks: AsyncThrowingStream<[UInt8], any Error>

    public init(info: ObjectInfo, chunks: AsyncThrowingStream<[UInt8], any Error>) {
        self.info = info
        self.chunks = chunks
    }
}

/// What a copy between a bucket and a folder of the host moved.
public struct Transfer: Hashable, Sendable {
    public var objects: Int
    public var bytes: Int64
    /// What was left out because it is no regular file or its name is no key; the first hundred.
    public var skipped: [String]

    public init(objects: Int = 0, bytes: Int64 = 0, skipped: [String] = []) {
        self.objects = objects
        self.bytes = bytes
        self.skipped = skipped
    }
}
