import Glibc
import Kernel
import Platform

/// An attempt's log as files `log.<offset of the first byte>`, each half of what is kept: the last part wins.
struct SegmentedLog: Sendable {
    let folder: String

    /// The segments, the oldest first.
    private func segments() -> [(start: Int64, path: String)] {
        (SmallFile.names(in: folder) ?? [])
            .compactMap { name in
                name.hasPrefix("log.") ? Int64(name.dropFirst(4)).map { ($0, folder + "/" + name) } : nil
            }
            .sorted { $0.start < $1.start }
    }

    /// Reads a piece; an offset beyond the end gives no bytes, one before the first kept byte begins there.
    func piece(from offset: Int64, limit: Int) -> LogPiece {
        let segments = segments()
        let dropped = segments.first?.start ?? 0
        let written = segments.last.map { $0.start + Self.size(of: $0.path) } ?? 0
        var position = min(max(offset, dropped), written)
        let start = position
        var bytes: [UInt8] = []
        for segment in segments where segment.start + Self.size(of: segment.path) > position && bytes.count < limit {
            let part = Self.read(segment.path, from: position - segment.start, limit: limit - bytes.count)
            bytes += part
            position += Int64(part.count)
        }
        return LogPiece(bytes: bytes, offset: start, writtenBytes: written, droppedBytes: dropped)
    }

    /// Removes all segments but the last two.
    func trim() {
        for segment in segments().dropLast(2) { unlink(segment.path) }
    }

    private static func size(of path: String) -> Int64 {
        var status = stat()
        return stat(path, &status) == 0 ? Int64(status.st_size) : 0
    }

    private static func read(_ path: String, from offset: Int64, limit: Int) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        var done = 0
        while done < limit {
            let count = bytes[done...].withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress, $0.count, Int(offset) + done)
            }
            guard count > 0 else { break }
            done += count
        }
        return Array(bytes[..<done])
    }
}

/// Writes a log for the one shim that may; what the disk does not take is counted, never waited for.
struct LogWriter: ~Copyable {
    private let log: SegmentedLog
    private let segmentBytes: Int64
    private var descriptor: Int32 = -1
    private var start: Int64 = 0
    private var length: Int64 = 0
    /// Bytes that a full disk did not take.
    private(set) var lostBytes: Int64 = 0
    /// Whether nobody can write into the pipe any more.
    private(set) var isAtEnd = false
    private var chunk = [UInt8](repeating: 0, count: 64 << 10)

    init(_ folder: AttemptFolder, keeping bytes: Int64) {
        log = SegmentedLog(folder: folder.path)
        segmentBytes = max(1, bytes / 2)
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Bytes dropped from the front.
    var droppedBytes: Int64 { log.piece(from: 0, limit: 0).droppedBytes + lostBytes }

    /// Takes what a pipe has, at most one chunk.
    mutating func take(from descriptor: Int32) {
        let count = read(descriptor, &chunk, chunk.count)
        if count > 0 { append(chunk[..<count]) }
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { isAtEnd = true }
    }

    mutating func append(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        while !rest.isEmpty {
            guard hasRoom() else {
                lostBytes += Int64(rest.count)
                return
            }
            let part = rest.prefix(Int(segmentBytes - length))
            guard SmallFile.write(Array(part), to: descriptor) else {
                ftruncate(descriptor, Int(length))
                lseek(descriptor, Int(length), SEEK_SET)
                lostBytes += Int64(rest.count)
                return
            }
            length += Int64(part.count)
            rest = rest.dropFirst(part.count)
        }
    }

    /// Opens the next segment where the present one is full.
    private mutating func hasRoom() -> Bool {
        if descriptor >= 0, length < segmentBytes { return true }
        let next = start + length
        let opened = open(log.folder + "/log.\(next)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard opened >= 0 else { return descriptor >= 0 && length < segmentBytes }
        if descriptor >= 0 { close(descriptor) }
        (descriptor, start, length) = (opened, next, 0)
        log.trim()
        return true
    }
}
