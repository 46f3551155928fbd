import Files
import Glibc
import Kernel
import Metering

/// One file of a trace, read item by item; lines that cannot be used are refused, and the rest goes on.
final class TraceFile<Item: TraceItem> {
    let path: String
    let reader: any TraceReader<Item>
    private let file: UsageFile
    private let buffer = UsageFile.Buffer()
    private var run: UsageFile.Run?
    private var place = 0
    /// The line that was read last, the header being 1.
    private var line = 1
    private var isAtEnd = false

    /// Opens a file and reads its header.
    init(_ path: String, reader: (_ header: [UInt8]) throws(Faults) -> any TraceReader<Item>) throws {
        self.path = path
        file = try UsageFile(path: path)
        do {
            self.reader = try reader(file.header)
        } catch {
            throw Faults(error.all.map { Fault($0.code, $0.message, field: "\(path): \($0.field ?? "")") })
        }
    }

    /// Rows that were read.
    var rows: Int64 { Int64(line - 1) }

    /// Bytes read, of how many.
    var progress: (read: Int64, size: Int64) { file.progress }

    /// The next item that passes a check.
    func next(
        check: (Item) throws(Fault) -> Void, refuse: (TraceRefusal) throws -> Void
    ) throws -> Item? {
        while let bytes = try nextLine() {
            do throws(Fault) {
                guard let item = try reader.read(bytes) else { continue }
                try check(item)
                return item
            } catch {
                try refuse(TraceRefusal(path: path, line: line, reason: error.message, row: Array(bytes)))
            }
        }
        guard let item = reader.finish() else { return nil }
        do throws(Fault) {
            try check(item)
            return item
        } catch {
            try refuse(TraceRefusal(path: path, line: line, reason: error.message, row: []))
            return nil
        }
    }

    /// A line without its line feed, valid until the next is asked for.
    private func nextLine() throws(Fault) -> UnsafeRawBufferPointer? {
        while run.map({ place >= $0.bytes.count }) ?? true {
            guard !isAtEnd, let next = try file.next(into: buffer) else {
                isAtEnd = true
                return nil
            }
            (run, place) = (next, 0)
        }
        guard let run, let base = run.bytes.baseAddress else { return nil }
        let found = memchr(base + place, 0x0A, run.bytes.count - place)
        let end = found.map { UnsafeRawPointer($0) - base } ?? run.bytes.count
        defer { place = end + 1 }
        line += 1
        return UnsafeRawBufferPointer(rebasing: run.bytes[place..<end])
    }
}

/// A line of a trace that is not replayed, and why.
struct TraceRefusal {
    let path: String
    let line: Int
    let reason: String
    let row: [UInt8]
}
