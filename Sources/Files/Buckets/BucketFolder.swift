import Glibc
public import Identity
public import Kernel
public import Platform
import Synchronization

/// Buckets as folders of the host: `<account>/<bucket>/objects/<key>` below one root.
///
/// One process owns the root. Every way is walked from the root one name at a time without following links, so that
/// no key, and nothing planted inside a bucket, leads out of it. What is being written stands in `.partial` of the
/// root until it is whole; what a crash left there is swept away at the next start.
public final class BucketFolder: Buckets {
    let root: Descriptor
    let partial: Descriptor
    /// Held while a bucket's name is looked for and taken.
    private let naming = Mutex(())
    private let partialCount = Atomic<UInt64>(0)

    static let partialName = ".partial"
    static let objectsName = "objects"

    /// Opens the root, which is made where its own folder is there already, and sweeps what a crash left.
    public init(path: String) throws {
        do {
            let (parent, name) = Self.split(path)
            try Descriptor.folder(path: parent).makeFolder(name)
            root = try Descriptor.folder(path: path)
            try root.makeFolder(Self.partialName)
            partial = try root.folder(Self.partialName)
            try FolderTree.removeContent(of: partial)
        } catch let error as SystemError {
            throw Fault(error.fault.code, "The bucket folder \(path) cannot be used. \(error.fault.message)")
        }
    }

    public func create(_ bucket: BucketName, for account: AccountID) async throws {
        try await SystemError.asFault {
            try checkAccount(account)
            try naming.withLock { _ in try createNamed(bucket, for: account) }
        }
    }

    public func list(of account: AccountID) async throws -> [BucketInfo] {
        try await SystemError.asFault {
            guard let home = try folder(of: account) else { return [] }
            let names = try home.entries().compactMap { $0.kind == .folder ? $0.name : nil }
            return try names.compactMap { name in
                guard let bucket = try? BucketName(name), (try? objects(of: bucket, account)) != nil else { return nil }
                // Only the folder of objects changes after a bucket's making, so the bucket's own time stands still.
                return BucketInfo(name: bucket, created: try home.status(name).modified)
            }.sorted { $0.name < $1.name }
        }
    }

    public func delete(_ bucket: BucketName, of account: AccountID) async throws {
        try await SystemError.asFault {
            let objects = try objects(of: bucket, account)
            try FolderTree.removeEmptyFolders(of: objects)
            guard let home = try folder(of: account) else { return }
            let folder = try home.folder(bucket.text)
            do {
                try folder.removeFolder(Self.objectsName)
            } catch let error as SystemError where [ENOTEMPTY, EEXIST].contains(error.number) {
                throw Fault(.conflict, "The bucket \(bucket) is not empty; delete its objects first.", field: "bucket")
            }
            try home.removeFolder(bucket.text)
            try home.synchronize()
        }
    }

    /// A name in `.partial` that nothing else has.
    func newPartialName() -> String {
        String(partialCount.wrappingAdd(1, ordering: .relaxed).newValue)
    }

    /// A bucket's folder of objects, where the bucket is the account's.
    func objects(of bucket: BucketName, _ account: AccountID) throws -> Descriptor {
        do {
            guard let home = try folder(of: account) else { throw SystemError(number: ENOENT, "open of a folder") }
            return try home.folder(bucket.text).folder(Self.objectsName)
        } catch let error as SystemError where error.isAbsent {
            throw Fault(.notFound, "There is no bucket \(bucket) in this account.", field: "bucket")
        }
    }

    private func folder(of account: AccountID) throws -> Descriptor? {
        do {
            try checkAccount(account)
            return try root.folder(account.text)
        } catch let error as SystemError where error.isAbsent {
            return nil
        }
    }

    private func createNamed(_ bucket: BucketName, for account: AccountID) throws {
        for entry in try root.entries() where entry.name != Self.partialName {
            guard let owner = entry.name, (try? objects(of: bucket, AccountID(owner))) != nil else { continue }
            guard owner != account.text else { return }
            throw Fault(
                .duplicateName, "The bucket name \(bucket) is taken; names are unique in the installation.",
                field: "bucket")
        }
        if try root.makeFolder(account.text) { try root.synchronize() }
        let home = try root.folder(account.text)
        guard try home.entries().count < Limits.buckets else {
            throw Fault(.quotaExceeded, "An account has at most \(Limits.buckets) buckets.", field: "bucket")
        }
        let name = newPartialName()
        try partial.makeFolder(name)
        try partial.folder(name).makeFolder(Self.objectsName)
        try partial.rename(name, into: home, as: bucket.text)
        try home.synchronize()
    }

    /// An account's id is made by the server; one that is no plain name is nobody's.
    private func checkAccount(_ account: AccountID) throws(Fault) {
        let isPlain = account.text.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || "-_".utf8.contains(byte)
        }
        guard isPlain, (1...64).contains(account.text.utf8.count) else {
            throw Fault(.notFound, "There is no such account.")
        }
    }

    private static func split(_ path: String) -> (parent: String, name: String) {
        let bytes = Array(path.utf8)
        let end = bytes.lastIndex { $0 != UInt8(ascii: "/") }.map { $0 + 1 } ?? bytes.endIndex
        guard let slash = bytes[..<end].lastIndex(of: UInt8(ascii: "/")) else {
            return (".", String(decoding: bytes[..<end], as: UTF8.self))
        }
        return (
            String(decoding: bytes[...slash], as: UTF8.self), String(decoding: bytes[(slash + 1)..<end], as: UTF8.self)
        )
    }
}
