import Glibc
public import Identity
public import Kernel
public import Platform

extension BucketFolder {
    public func download(
        _ source: ObjectPath, of account: AccountID, into hostFolder: String
    ) async throws -> Transfer {
        try await SystemError.asFault {
            let target = try Descriptor.folder(path: hostFolder)
            var transfer = Transfer()
            guard let name = source.parts.last else {
                let objects = try objects(of: source.bucket, account)
                try await Staging.copyTree(from: objects, into: target, level: 0, &transfer)
                return transfer
            }
            let way = try openWay(to: source, of: account)
            if let folder = try? way[way.count - 1].folder(name) {
                try await Staging.copyTree(from: folder, into: target, level: 0, &transfer)
            } else {
                try await Staging.copyFile(openFile(source, of: account), into: target, as: name, &transfer)
            }
            return transfer
        }
    }

    public func upload(
        from hostFolder: String, to target: ObjectPath, of account: AccountID
    ) async throws -> Transfer {
        try await SystemError.asFault {
            _ = try objects(of: target.bucket, account)
            let source = try Descriptor.folder(path: hostFolder)
            var transfer = Transfer()
            var count = 0
            try await plan(source, [], &count)
            try await uploadFolder(source, [], to: target, of: account, &transfer)
            return transfer
        }
    }

    /// Refuses too many files before the first one is kept.
    private func plan(_ folder: Descriptor, _ parts: [String], _ count: inout Int) async throws {
        await Task.yield()
        for entry in try folder.entries() {
            guard let name = entry.name else { continue }
            if entry.kind == .file { count += 1 }
            try Staging.check(objects: count, bytes: 0)
            if entry.kind == .folder, parts.count < Limits.stagedDepth {
                try await plan(folder.folder(name), parts + [name], &count)
            }
        }
    }

    private func uploadFolder(
        _ folder: Descriptor, _ parts: [String], to target: ObjectPath, of account: AccountID,
        _ transfer: inout Transfer
    ) async throws {
        for entry in try folder.entries() {
            let path = (parts + [entry.name ?? "(a name that is no UTF-8)"]).joined(separator: "/")
            guard let name = entry.name, entry.kind != .other, parts.count < Limits.stagedDepth else {
                transfer.skip(path)
                continue
            }
            if entry.kind == .folder {
                try await uploadFolder(folder.folder(name), parts + [name], to: target, of: account, &transfer)
                continue
            }
            let key = target.key.isEmpty ? path : target.key + "/" + path
            guard let object = try? ObjectPath(bucket: target.bucket, key: key), let file = try? folder.file(name)
            else {
                transfer.skip(path)
                continue
            }
            try await withPartialFile { partialFile, partialName in
                let bytes = try await Staging.copy(file, into: partialFile, already: transfer)
                try partialFile.synchronize()
                try commit(partialName, as: object, of: account)
                transfer.objects += 1
                transfer.bytes += bytes
            }
        }
    }
}

/// Copying of files between descriptors, within the limits of one staging.
private enum Staging {
    /// Copies a folder with all below it; only regular files and folders.
    static func copyTree(
        from source: Descriptor, into target: Descriptor, level: Int, _ transfer: inout Transfer
    ) async throws {
        await Task.yield()
        guard level < Limits.stagedDepth else {
            throw Fault(.quotaExceeded, "The folder to copy is nested deeper than \(Limits.stagedDepth) levels.")
        }
        for entry in try source.entries() {
            guard let name = entry.name, entry.kind != .other else {
                transfer.skip(entry.name ?? "(a name that is no UTF-8)")
                continue
            }
            if entry.kind == .folder {
                try target.makeFolder(name)
                try await copyTree(
                    from: source.folder(name), into: target.folder(name), level: level + 1, &transfer)
            } else {
                try await copyFile(source.file(name), into: target, as: name, &transfer)
            }
        }
    }

    /// Copies one file; one that has the name already (a staging that a crash cut short) is replaced.
    static func copyFile(
        _ source: Descriptor, into target: Descriptor, as name: String, _ transfer: inout Transfer
    ) async throws {
        try? target.removeFile(name)
        let copy = try target.newFile(name)
        let bytes = try await self.copy(source, into: copy, already: transfer)
        transfer.objects += 1
        transfer.bytes += bytes
    }

    /// Copies content; `already` is what was moved before, towards the limit.
    static func copy(_ source: Descriptor, into target: Descriptor, already: Transfer) async throws -> Int64 {
        var offset: Int64 = 0
        while true {
            let chunk = try source.read(at: offset, count: chunkBytes)
            guard !chunk.isEmpty else { break }
            offset += Int64(chunk.count)
            try check(objects: already.objects, bytes: already.bytes + offset)
            try target.write(chunk[...])
            await Task.yield()
        }
        try check(objects: already.objects + 1, bytes: already.bytes + offset)
        return offset
    }

    static func check(objects: Int, bytes: Int64) throws(Fault) {
        guard objects <= Limits.stagedObjects else {
            throw Fault(.quotaExceeded, "There are more than \(Limits.stagedObjects) files to copy; pack them.")
        }
        guard bytes <= Limits.stagedBytes else {
            throw Fault(.quotaExceeded, "There are more than \(Limits.stagedBytes) bytes to copy.")
        }
    }
}

extension Transfer {
    /// Notes what was left out, within reason.
    fileprivate mutating func skip(_ path: String) {
        if skipped.count < 100 { skipped.append(path) }
    }
}
