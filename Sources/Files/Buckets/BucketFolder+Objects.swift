import Glibc
public import Identity
public import Kernel
public import Platform

/// Bytes read or written at a time; between two of them other work gets its turn.
let chunkBytes = 256 << 10

extension BucketFolder {
    public func put<Chunks: AsyncSequence & Sendable>(
        _ object: ObjectPath, of account: AccountID, content: Chunks
    ) async throws -> ObjectInfo where Chunks.Element == [UInt8] {
        try checkIsObject(object)
        return try await SystemError.asFault {
            _ = try objects(of: object.bucket, account)
            return try await withPartialFile { file, name in
                let writer = ObjectWriter(file: file)
                for try await chunk in content { try await writer.write(chunk) }
                try file.synchronize()
                try commit(name, as: object, of: account)
                return ObjectInfo(key: object.key, status: try file.status())
            }
        }
    }

    public func get(_ object: ObjectPath, of account: AccountID, from offset: Int64) async throws -> ObjectContent {
        try await SystemError.asFault {
            let file = try openFile(object, of: account)
            let info = ObjectInfo(key: object.key, status: try file.status())
            guard (0...info.bytes).contains(offset) else {
                throw Fault(
                    .invalidParameter, "\(offset) lies outside the object, which has \(info.bytes) bytes.",
                    field: "offset")
            }
            let reader = ObjectReader(file: file, offset: offset)
            return ObjectContent(info: info, chunks: AsyncThrowingStream { try await reader.next() })
        }
    }

    public func head(_ object: ObjectPath, of account: AccountID) async throws -> ObjectInfo {
        try await SystemError.asFault {
            ObjectInfo(key: object.key, status: try openFile(object, of: account).status())
        }
    }

    public func delete(_ object: ObjectPath, of account: AccountID) async throws {
        try checkIsObject(object)
        try await SystemError.asFault {
            let way = try openWay(to: object, of: account)
            guard let name = object.parts.last, try isFile(name, in: way) else { throw absent(object) }
            try way[way.count - 1].removeFile(name)
            try prune(way, object.parts)
        }
    }

    public func deleteAll(below folder: ObjectPath, of account: AccountID) async throws -> Int {
        try await SystemError.asFault {
            let objects = try objects(of: folder.bucket, account)
            guard let name = folder.parts.last else { return try FolderTree.removeContent(of: objects) }
            let way = try openWay(to: folder, of: account)
            let isObject = try !folder.isFolder && isFile(name, in: way)
            if isObject {
                try way[way.count - 1].removeFile(name)
            }
            var count = isObject ? 1 : 0
            if !isObject {
                guard let target = try? way[way.count - 1].folder(name) else { throw absent(folder) }
                count = try FolderTree.removeContent(of: target)
                try FolderTree.removeFolderIfEmpty(name, in: way[way.count - 1])
            }
            try prune(way, folder.parts)
            return count
        }
    }

    /// Gives work a new file outside every bucket; what it leaves there is removed, so that nothing half stays.
    func withPartialFile<Value>(_ work: (Descriptor, String) async throws -> Value) async throws -> Value {
        let name = newPartialName()
        let file = try partial.newFile(name)
        defer { try? partial.removeFile(name) }
        return try await work(file, name)
    }

    /// Moves a whole, durable file to its key, durably.
    ///
    /// A removal beside it may take away a folder that stands empty for a moment; then the way is made again.
    func commit(_ partialName: String, as object: ObjectPath, of account: AccountID) throws {
        let attempts = 8
        for attempt in 1...attempts {
            do {
                try commitOnce(partialName, as: object, of: account)
                return
            } catch let error as SystemError {
                if error.number == ENOENT, attempt < attempts { continue }
                guard [ENOTDIR, ELOOP, EISDIR, ENOTEMPTY, EEXIST].contains(error.number) else { throw error }
                throw Fault(
                    .conflict,
                    "\(object) cannot be kept: a part of it names an object already, or it names the folder of others.",
                    field: "key")
            }
        }
    }

    private func commitOnce(_ partialName: String, as object: ObjectPath, of account: AccountID) throws {
        let parts = object.parts
        var way = [try objects(of: object.bucket, account)]
        do {
            for part in parts.dropLast() {
                if try way[way.count - 1].makeFolder(part) { try way[way.count - 1].synchronize() }
                way.append(try way[way.count - 1].folder(part))
            }
            try partial.rename(partialName, into: way[way.count - 1], as: parts[parts.count - 1])
            try way[way.count - 1].synchronize()
        } catch {
            try? prune(way, parts)
            throw error
        }
    }

    /// Removes the folders on a way, from its end, as far as they are empty: folders are only parts of keys.
    private func prune(_ way: [Descriptor], _ parts: [String]) throws {
        for index in stride(from: way.count - 1, to: 0, by: -1) {
            try FolderTree.removeFolderIfEmpty(parts[index - 1], in: way[index - 1])
        }
    }

    /// The folders from the bucket down to the one that holds a key's last part.
    func openWay(to object: ObjectPath, of account: AccountID) throws -> [Descriptor] {
        var way = [try objects(of: object.bucket, account)]
        for part in object.parts.dropLast() {
            let next = try folder(part, in: way[way.count - 1], towards: object)
            way.append(next)
        }
        return way
    }

    private func folder(_ name: String, in folder: Descriptor, towards object: ObjectPath) throws -> Descriptor {
        do {
            return try folder.folder(name)
        } catch  where error.isAbsent {
            throw absent(object)
        }
    }

    func openFile(_ object: ObjectPath, of account: AccountID) throws -> Descriptor {
        try checkIsObject(object)
        let way = try openWay(to: object, of: account)
        do {
            return try way[way.count - 1].file(object.parts[object.parts.count - 1])
        } catch  where error.isAbsent {
            throw absent(object)
        }
    }

    private func isFile(_ name: String, in way: [Descriptor]) throws -> Bool {
        do {
            return try way[way.count - 1].status(name).isFile
        } catch  where error.isAbsent {
            return false
        }
    }

    private func checkIsObject(_ object: ObjectPath) throws(Fault) {
        guard !object.isFolder else {
            throw Fault(
                .invalidParameter, "\(object) names a folder; an object's key ends without a slash.", field: "key")
        }
    }

    func absent(_ object: ObjectPath) -> Fault { Fault(.notFound, "There is nothing at \(object).", field: "key") }
}

extension ObjectInfo {
    init(key: String, status: FileStatus) {
        self.init(key: key, bytes: status.bytes, modified: status.modified, etag: status.etag)
    }
}
