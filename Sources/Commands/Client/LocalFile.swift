import Glibc
import Kernel
import NIOCore

/// Files on the user's side.
enum LocalFile {
    /// What a path is; nil where it is nothing.
    static func kind(_ path: String) -> Kind? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file(bytes: Int64(status.st_size))
        default: return .other
        }
    }

    enum Kind: Equatable { case folder, file(bytes: Int64), other }

    /// Every file below a folder by its path in it, sorted; links are followed to files only.
    static func tree(_ root: String) -> [String] {
        var found: [String] = []
        var folders = [""]
        while let folder = folders.popLast() {
            for name in names(root + "/" + folder) {
                let path = folder.isEmpty ? name : folder + "/" + name
                switch kind(root + "/" + path) {
                case .folder?: folders.append(path)
                case .file?: found.append(path)
                case .other?, nil: break
                }
            }
        }
        return found.sorted()
    }

    private static func names(_ folder: String) -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != "..", name != "__pycache__" { names.append(name) }
        }
        return names
    }

    /// Makes the folders above a path.
    static func makeParents(of path: String) {
        var made = path.hasPrefix("/") ? "" : "."
        for part in path.split(separator: "/").dropLast() {
            made += "/" + part
            mkdir(made, 0o755)
        }
    }
}

/// A file's content, piece by piece.
struct FileChunks: AsyncSequence, Sendable {
    let path: String
    /// Told how many bytes have been read so far.
    let onProgress: @Sendable (Int64) -> Void

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path, onProgress: onProgress) }

    final class AsyncIterator: AsyncIteratorProtocol {
        private let descriptor: Int32
        private let path: String
        private let onProgress: @Sendable (Int64) -> Void
        private var done: Int64 = 0
        private var chunk = [UInt8](repeating: 0, count: 256 << 10)

        init(path: String, onProgress: @escaping @Sendable (Int64) -> Void) {
            self.path = path
            self.onProgress = onProgress
            descriptor = open(path, O_RDONLY | O_CLOEXEC)
        }

        deinit { if descriptor >= 0 { close(descriptor) } }

        func next() async throws -> ByteBuffer? {
            let count = descriptor >= 0 ? read(descriptor, &chunk, chunk.count) : -1
            guard count >= 0 else { throw Fault(.notFound, "\(path) cannot be read.") }
            guard count > 0 else { return nil }
            done += Int64(count)
            onProgress(done)
            return ByteBuffer(bytes: chunk[..<count])
        }
    }
}
