import Glibc

/// Removal of folders with what they hold; links are removed, never followed.
enum FolderTree {
    /// Empties a folder; gives how many files and links went.
    @discardableResult
    static func removeContent(of folder: Descriptor) throws -> Int {
        var count = 0
        for entry in try folder.entries() {
            guard let name = entry.name else { continue }
            if entry.kind == .folder {
                count += try removeContent(of: folder.folder(name))
                try removeFolderIfEmpty(name, in: folder)
            } else {
                try folder.removeFile(name)
                count += 1
            }
        }
        return count
    }

    /// Removes the folders below a folder that hold no files.
    static func removeEmptyFolders(of folder: Descriptor) throws {
        for entry in try folder.entries() where entry.kind == .folder {
            guard let name = entry.name else { continue }
            try removeEmptyFolders(of: folder.folder(name))
            try removeFolderIfEmpty(name, in: folder)
        }
    }

    /// Another request may put something into a folder, or take it away, at any time; neither is wrong.
    static func removeFolderIfEmpty(_ name: String, in folder: Descriptor) throws(SystemError) {
        do {
            try folder.removeFolder(name)
        } catch  where [ENOTEMPTY, EEXIST, ENOENT].contains(error.number) {
            return
        }
    }
}
