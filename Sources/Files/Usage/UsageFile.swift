import CZlib
import Glibc
public import Kernel
import Rating
import Synchronization

/// A usage file, plain or compressed with gzip, handed out in runs of whole lines to several workers.
public final class UsageFile: Sendable {
    /// What one worker reads into; no other touches it.
    public final class Buffer: @unchecked Sendable {
        fileprivate var bytes: UnsafeMutableRawBufferPointer

        public init() { bytes = .allocate(byteCount: UsageFile.runBytes + Limits.usageLineBytes, alignment: 16) }

        deinit { bytes.deallocate() }
    }

    /// Whole lines of the file, valid until their buffer is read into again; the last may lack its line feed.
    public struct Run: @unchecked Sendable {
        public let bytes: UnsafeRawBufferPointer
        /// The place of the run among all runs, from 0.
        public let index: Int
        /// The number of its first line, from 1.
        public let firstLine: Int
    }

    fileprivate static let runBytes = 4 << 20

    private let path: String
    private let state: Mutex<Cursor>

    /// Opens a file and reads its first line, which names the columns.
    ///
    /// - Throws: `notFound` or another fault of opening; every fault of the header.
    public init(path: String) throws(Faults) {
        self.path = path
        do {
            let cursor = try Cursor(path: path)
            header = try cursor.header()
            state = Mutex(cursor)
        } catch let faults as Faults {
            throw Faults(faults.all.map { Fault($0.code, $0.message, field: "\(path): \($0.field ?? "")") })
        } catch {
            let fault = (error as? SystemError)?.fault ?? error as? Fault
            throw Faults([
                Fault(fault?.code ?? .internalFault, "cannot be read. \(fault?.message ?? "\(error)")", field: path)
            ])
        }
    }

    /// The first line, without its end.
    public let header: [UInt8]

    /// Bytes of the file as it lies on the disk, and how many of them have been read.
    public var progress: (read: Int64, size: Int64) { state.withLock { ($0.readBytes, $0.size) } }

    /// The next lines; nil at the end.
    ///
    /// - Throws: `malformedBody` where compressed bytes are damaged or end too soon, or a line is longer than a run.
    public func next(into buffer: Buffer) throws(Fault) -> Run? {
        let path = self.path
        let result: Result<Run?, Fault> = state.withLock { cursor in
            do {
                return .success(try cursor.next(into: buffer))
            } catch {
                let fault = (error as? SystemError)?.fault ?? error as? Fault
                return .failure(
                    Fault(fault?.code ?? .internalFault, fault?.message ?? "\(error)", field: path))
            }
        }
        return try result.get()
    }
}

/// How far a usage file has been read.
private final class Cursor {
    private let file: Descriptor
    private let unzip: Unzip?
    let size: Int64
    private(set) var readBytes: Int64 = 0
    /// What was read beyond the last whole line.
    private var rest: [UInt8] = []
    private var index = 0
    private var line = 2
    private var isAtEnd = false

    init(path: String) throws {
        file = try Descriptor.file(path: path)
        size = try file.status().bytes
        var magic: [UInt8] = [0, 0]
        let isCompressed = pread(file.number, &magic, 2, 0) == 2 && magic == [0x1F, 0x8B]
        unzip = isCompressed ? Unzip() : nil
    }

    /// The first line, without its line feed.
    func header() throws -> [UInt8] {
        var first: [UInt8] = []
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: Limits.usageLineBytes, alignment: 16)
        defer { chunk.deallocate() }
        while !isAtEnd {
            let count = try fill(chunk)
            if let end = chunk[..<count].firstIndex(of: 0x0A) {
                first += chunk[..<end]
                rest = Array(chunk[(end + 1)..<count])
                return first
            }
            first += chunk[..<count]
            guard first.count <= Limits.usageLineBytes else {
                throw Fault(.malformedBody, "has no line feed in its first \(Limits.usageLineBytes) bytes")
            }
        }
        return first
    }

    func next(into buffer: UsageFile.Buffer) throws -> UsageFile.Run? {
        buffer.bytes.copyBytes(from: rest)
        var count = rest.count
        rest.removeAll(keepingCapacity: true)
        while !isAtEnd, count < UsageFile.runBytes {
            let space = UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[count..<UsageFile.runBytes])
            count += try fill(space)
        }
        var end = count
        if !isAtEnd {
            while end > 0, buffer.bytes[end - 1] != 0x0A { end -= 1 }
            guard end > 0 else {
                throw Fault(.malformedBody, "line \(line) has more than \(UsageFile.runBytes) bytes")
            }
            rest.append(contentsOf: buffer.bytes[end..<count])
        }
        guard end > 0 else { return nil }
        let bytes = UnsafeRawBufferPointer(rebasing: buffer.bytes[..<end])
        defer {
            index += 1
            line += lineFeeds(in: bytes)
        }
        return UsageFile.Run(bytes: bytes, index: index, firstLine: line)
    }

    private func lineFeeds(in bytes: UnsafeRawBufferPointer) -> Int {
        guard let first = bytes.baseAddress else { return 0 }
        var (count, place) = (0, 0)
        while place < bytes.count, let found = memchr(first + place, 0x0A, bytes.count - place) {
            count += 1
            place = UnsafeRawPointer(found) - first + 1
        }
        return count
    }

    /// Reads as much as there is room for, at least a byte unless the file is at its end.
    private func fill(_ space: UnsafeMutableRawBufferPointer) throws -> Int {
        if let unzip {
            let count = try unzip.fill(space) { try self.read($0) }
            isAtEnd = unzip.isAtEnd
            return count
        }
        return try read(space)
    }

    private func read(_ space: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(file.number, space.baseAddress, space.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError("reading of a file") }
            if count == 0, unzip == nil { isAtEnd = true }
            readBytes += Int64(count)
            return count
        }
    }
}
