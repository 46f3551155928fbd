import Glibc

/// Removes a folder with everything in it, whatever a workload made of its permissions; links are not followed.
enum FolderRemoval {
    /// True when nothing is left of it.
    static func remove(_ path: String) -> Bool {
        let (parent, name) = split(path)
        let descriptor = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno == ENOENT }
        defer { close(descriptor) }
        return remove(name, in: descriptor, depth: 0)
    }

    /// Levels of folders that are walked.
    private static let depth = 1_000

    private static func remove(_ name: String, in parent: Int32, depth: Int) -> Bool {
        if unlinkat(parent, name, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM, depth < Self.depth else { return false }
        fchmodat(parent, name, 0o700, 0)
        let folder = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else { return false }
        for child in names(in: folder) where !remove(child, in: folder, depth: depth + 1) {
            close(folder)
            return false
        }
        close(folder)
        return unlinkat(parent, name, Int32(AT_REMOVEDIR)) == 0
    }

    private static func names(in folder: Int32) -> [String] { SmallFile.names(in: "/proc/self/fd/\(folder)") ?? [] }

    private static func split(_ path: String) -> (String, String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }
}
