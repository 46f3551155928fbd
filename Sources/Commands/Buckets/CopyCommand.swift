import ArgumentParser
import AsyncHTTPClient
import Glibc
import Kernel
import NIOCore
import Wire

struct CopyCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "cp", abstract: "Copy files into a bucket, or objects out of one.",
        discussion: "atelier cp -r Examples/digits/ obs://digits/code/")

    @OptionGroup var client: ClientOptions
    @Flag(name: [.short, .long], help: "Copy everything below a folder.") var recursive = false
    @Argument(help: "A local path, or obs://bucket/key.") var source: String
    @Argument(help: "A local path, or obs://bucket/key.") var target: String

    func run(_ server: ServerClient, _ output: Output) async throws {
        switch (try ObjectURL(source), try ObjectURL(target)) {
        case (nil, let target?): try await upload(to: target, server)
        case (let source?, nil): try await download(from: source, server)
        default:
            throw Fault(.invalidParameter, "One side is a local path, the other a place in a bucket, obs://bucket/key.")
        }
        Terminal.clearProgress()
    }

    private func upload(to target: ObjectURL, _ server: ServerClient) async throws {
        switch LocalFile.kind(source) {
        case .file(let bytes)?:
            let isFolder = target.key.isEmpty || target.key.hasSuffix("/")
            let name = isFolder ? String(source.split(separator: "/").last ?? "") : ""
            try await put(source, bytes: bytes, to: target, name, server)
        case .folder? where recursive:
            let root = source.hasSuffix("/") ? String(source.dropLast()) : source
            let slash = target.key.isEmpty || target.key.hasSuffix("/") ? "" : "/"
            for path in LocalFile.tree(root) {
                guard case .file(let bytes)? = LocalFile.kind(root + "/" + path) else { continue }
                try await put(root + "/" + path, bytes: bytes, to: target, slash + path, server)
            }
        case .folder?: throw Fault(.invalidParameter, "\(source) is a folder; copy it with -r.")
        case .other?, nil: throw Fault(.notFound, "There is no file \(source).")
        }
    }

    private func put(
        _ file: String, bytes: Int64, to target: ObjectURL, _ more: String, _ server: ServerClient
    ) async throws {
        try await server.upload(file, bytes: bytes, to: target.path(more)) { done in
            Terminal.progress("· \(file): \(bytes == 0 ? 100 : done * 100 / bytes) % of \(bytes) bytes")
        }
        Terminal.clearProgress()
        Terminal.line("obs://\(target.bucket)/\(target.key)\(more)")
    }

    private func download(from source: ObjectURL, _ server: ServerClient) async throws {
        guard recursive else {
            let name = source.key.split(separator: "/").last.map(String.init) ?? ""
            let isFolder = LocalFile.kind(target) == .folder || target.hasSuffix("/")
            return try await get(source.path(), into: isFolder ? target + "/" + name : target, server)
        }
        let root = source.key.isEmpty || source.key.hasSuffix("/") ? source.key : source.key + "/"
        for object in try await ObjectURL.required("obs://\(source.bucket)/\(root)").objects(server) {
            guard let key = object["key"]?.string else { continue }
            let inside = String(key.dropFirst(root.count))
            // A key is the server's word: it must not lead out of the folder that was named.
            guard !inside.split(separator: "/").contains("..") else { continue }
            let path = try ObjectURL.required("obs://\(source.bucket)/\(key)").path()
            try await get(path, into: target + "/" + inside, server)
        }
    }

    private func get(_ path: String, into file: String, _ server: ServerClient) async throws {
        let answer = try await server.stream(path)
        LocalFile.makeParents(of: file)
        let part = file + ".part"
        let descriptor = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Fault(.notFound, "\(file) cannot be written: \(String(cString: strerror(errno))).")
        }
        defer { close(descriptor) }
        var done: Int64 = 0
        for try await chunk in answer.body {
            let isWritten = chunk.withUnsafeReadableBytes { write(descriptor, $0.baseAddress, $0.count) == $0.count }
            guard isWritten else {
                unlink(part)
                throw Fault(.storageFull, "\(file) cannot be written: \(String(cString: strerror(errno))).")
            }
            done += Int64(chunk.readableBytes)
            Terminal.progress("· \(file): \(done) bytes")
        }
        rename(part, file)
        Terminal.clearProgress()
        Terminal.line(file)
    }
}
