import Glibc

/// An open file or folder; closed when nothing holds it any more.
///
/// Names are single parts of a path, and links are never followed: from an open folder there is no way out of it.
final class Descriptor: Sendable {
    let number: Int32

    private init(_ number: Int32) { self.number = number }

    deinit { close(number) }

    /// Opens a folder by the operator's own path; the only place where a whole path, and links in it, are taken.
    static func folder(path: String) throws(SystemError) -> Descriptor {
        try opened("open of a folder") { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    /// Opens a file by the operator's own path.
    static func file(path: String) throws(SystemError) -> Descriptor {
        try opened("open of a file") { open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) }
    }

    /// Makes a file by the operator's own path, for writing; one that is there already is refused.
    static func made(path: String) throws(SystemError) -> Descriptor {
        try opened("making of a file") { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644) }
    }

    /// Opens a folder in this one.
    func folder(_ name: String) throws(SystemError) -> Descriptor {
        try Self.opened("open of a folder") {
            openat(number, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        }
    }

    /// Opens a regular file in this folder for reading; anything else is as if it were not there.
    func file(_ name: String) throws(SystemError) -> Descriptor {
        // Without O_NONBLOCK the open of a pipe would wait for its writer.
        let file = try Self.opened("open of a file") {
            openat(number, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
        }
        guard try file.status().isFile else { throw SystemError(number: ENOENT, "open of a file") }
        return file
    }

    /// Makes a file that was not there, for writing.
    func newFile(_ name: String) throws(SystemError) -> Descriptor {
        try Self.opened("making of a file") {
            openat(number, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o644)
        }
    }

    /// Makes a folder; false where the name is taken already.
    @discardableResult
    func makeFolder(_ name: String) throws(SystemError) -> Bool {
        if mkdirat(number, name, 0o755) == 0 { return true }
        guard errno == EEXIST else { throw SystemError("making of a folder") }
        return false
    }

    /// Removes a file or a link.
    func removeFile(_ name: String) throws(SystemError) {
        guard unlinkat(number, name, 0) == 0 else { throw SystemError("removal of a file") }
    }

    /// Removes an empty folder.
    func removeFolder(_ name: String) throws(SystemError) {
        guard unlinkat(number, name, AT_REMOVEDIR) == 0 else { throw SystemError("removal of a folder") }
    }

    /// Moves a name into another folder of the same file system, in one step.
    func rename(_ name: String, into folder: Descriptor, as newName: String) throws(SystemError) {
        guard renameat(number, name, folder.number, newName) == 0 else { throw SystemError("renaming") }
    }

    /// Waits until everything written to this file, or every name in this folder, is durable.
    func synchronize() throws(SystemError) {
        guard fsync(number) == 0 else { throw SystemError("fsync") }
    }

    /// Reads up to so many bytes at an offset; empty at the end.
    func read(at offset: Int64, count: Int) throws(SystemError) -> [UInt8] {
        var got = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            repeat { got = pread(number, buffer.baseAddress, count, off_t(offset)) } while got < 0 && errno == EINTR
            initialized = max(0, got)
        }
        guard got >= 0 else { throw SystemError("reading") }
        return bytes
    }

    /// Writes all bytes behind what was written before.
    func write(_ bytes: ArraySlice<UInt8>) throws(SystemError) {
        var rest = bytes
        while !rest.isEmpty {
            let put = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
            if put < 0, errno == EINTR { continue }
            guard put > 0 else { throw SystemError("writing") }
            rest = rest.dropFirst(put)
        }
    }

    private static func opened(_ call: String, _ open: () -> Int32) throws(SystemError) -> Descriptor {
        while true {
            let number = open()
            if number >= 0 { return Descriptor(number) }
            if errno != EINTR { throw SystemError(call) }
        }
    }
}
